//! What a plug-in consists of and what it may do.
//!
//! The format is Extism's, so every manifest written for the official runtime reads the same here, with these
//! exceptions, each an error that names its place:
//!
//! - `"data": {"ptr": .., "len": ..}`, which makes the reader follow a raw pointer (a list of numbers, which also
//!   stands for that there, is a list of bytes here);
//! - a key that occurs twice in `config`, `allowed_paths` or `headers` (there the last one wins);
//! - a `hash` that is not 64 hexadecimal digits (there it fails when the module is loaded; upper-case digits, which
//!   never match there, are accepted here);
//! - structs written as lists (`"memory": [4, null, null]`).
//!
//! A JSON text may start with a byte order mark here. A relative path in `wasm` or `allowed_paths` is relative to the
//! current directory of the process, even if the manifest comes from a file: the official runtime looks there too, so
//! one manifest works with both.

mod builder;
mod debug;
mod error;
mod fields;
mod memory;
mod read;
mod values;
mod wasm;
mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use error::{ManifestError, ManifestFormat};
pub use memory::MemoryOptions;
pub(crate) use read::{BYTE_ORDER_MARK, format_of_name};
pub(crate) use values::parse_sha256;
pub use wasm::{HttpRequest, Wasm, WasmMetadata};

/// The modules of a plug-in, and what it may use.
///
/// Created by [`Manifest::new`] and the `with_` methods, or read by [`from_json`](Self::from_json),
/// [`from_toml`](Self::from_toml), [`from_file`](Self::from_file) or [`parse`](Self::parse); it also implements serde's
/// `Serialize` and `Deserialize`. `Debug` leaves out what may be secret: the values of `config` and of request headers,
/// and user names, passwords and queries in URLs.
///
/// ```
/// use extism_runtime::{Manifest, Wasm};
///
/// let manifest = Manifest::new([Wasm::file("count_vowels.wasm")])
///     .with_config_key("vowels", "aeiouy")
///     .with_allowed_host("*.example.com");
/// assert_eq!(Manifest::from_json(manifest.to_json()?)?, manifest);
/// # Ok::<(), extism_runtime::error::ManifestError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The modules. The main one, whose exports are called, is the only one, or the one named `main` (a module without
    /// a name counts as that), or else the last; the others are linked to it under their names.
    pub wasm: Vec<Wasm>,
    /// Limits on memory, HTTP responses and variables.
    pub memory: MemoryOptions,
    /// Values that the plug-in can read by key.
    pub config: BTreeMap<String, String>,
    /// The hosts that the plug-in may reach over HTTP, as [patterns](Self::with_allowed_host) of the form `HOST` or
    /// `HOST:PORT`. `None` and an empty list allow none.
    pub allowed_hosts: Option<Vec<String>>,
    /// The directories that the plug-in may access through WASI: from the path on the host, which a leading `ro:` makes
    /// read-only, to the path that the plug-in sees. Each is opened once, when a plug-in that uses WASI is built, and
    /// must exist then. A directory may lie in another one to which a plug-in may write, but no link in its path may
    /// lead out of that one.
    pub allowed_paths: Option<BTreeMap<String, PathBuf>>,
    /// The time that one call may take, in milliseconds. `None`: no limit.
    pub timeout_ms: Option<u64>,
}

/// An entry of [`Manifest::allowed_paths`], parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AllowedPath<'a> {
    /// The directory on the host.
    pub(crate) host: &'a Path,
    /// Where the plug-in sees it.
    pub(crate) guest: &'a Path,
    /// Whether the plug-in may only read.
    pub(crate) read_only: bool,
}

impl Manifest {
    /// Returns the entries of [`allowed_paths`](Self::allowed_paths), with `ro:` removed.
    pub(crate) fn allowed_path_entries(&self) -> impl Iterator<Item = AllowedPath<'_>> {
        self.allowed_paths.iter().flatten().map(|(host, guest)| {
            let stripped = host.strip_prefix("ro:");
            AllowedPath { host: Path::new(stripped.unwrap_or(host)), guest, read_only: stripped.is_some() }
        })
    }
}
