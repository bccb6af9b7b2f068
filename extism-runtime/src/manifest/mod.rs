//! Manifests: the modules of a plug-in, and the resources that it may use.
//!
//! The format is Extism's, so every manifest written for the official runtime reads the same here, with these
//! exceptions, each an error that names its place:
//!
//! - `"data": {"ptr": .., "len": ..}`, which makes the reader follow a raw pointer (a list of numbers is a
//!   list of bytes here, whereas the official runtime may read it as such a pointer, too);
//! - a key that occurs twice in `config`, `allowed_paths` or `headers` (there the last one wins);
//! - a `hash` that is not 64 hexadecimal digits (there it fails when the module is loaded; upper-case digits, which
//!   never match there, are accepted here);
//! - structs written as lists (`"memory": [4, null, null]`).
//!
//! A JSON text may start with a byte order mark here. A relative path in `wasm` or `allowed_paths` is relative to the
//! current directory of the process, even if the manifest comes from a file: the official runtime looks there too, so
//! one manifest works with both.

mod base;
mod data;
mod error;
mod hash;
mod map;
mod memory;
mod request;
mod table;
mod text;
mod wasm;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{
    de::{Deserialize, Deserializer},
    ser::{Serialize, SerializeMap, Serializer},
};

use self::map::{Keys, UniqueMap, entry, fields};
pub use self::{
    error::{ManifestError, ManifestFormat},
    memory::MemoryOptions,
    request::HttpRequest,
    table::PluginInfo,
    wasm::{Wasm, WasmMetadata},
};
pub(crate) use self::{
    hash::parse_sha256,
    text::{BYTE_ORDER_MARK, format_of_name},
};

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
#[non_exhaustive]
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
    /// The file that it was read from, for messages.
    read_from: ReadFrom,
}

/// A file that a manifest was read from. It makes no difference when manifests are compared.
#[derive(Clone, Default)]
struct ReadFrom(Option<PathBuf>);

impl PartialEq for ReadFrom {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for ReadFrom {}

/// An entry of [`Manifest::allowed_paths`], parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AllowedPath<'a> {
    /// The directory on the host.
    pub(crate) host: &'a Path,
    /// The path under which the plug-in sees it.
    pub(crate) guest: &'a Path,
    /// Whether the plug-in may only read.
    pub(crate) read_only: bool,
}

impl Manifest {
    /// Creates a manifest of these modules, with everything else at its default.
    pub fn new(wasm: impl IntoIterator<Item = impl Into<Wasm>>) -> Self {
        Self { wasm: wasm.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Adds a module.
    #[must_use]
    pub fn with_wasm(mut self, wasm: impl Into<Wasm>) -> Self {
        self.wasm.push(wasm.into());
        self
    }

    /// Sets one configuration value.
    #[must_use]
    pub fn with_config_key(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.config.insert(key.into(), value.into());
        self
    }

    /// Sets several configuration values; the others are kept.
    #[must_use]
    pub fn with_config<K: Into<String>, V: Into<String>>(mut self, entries: impl IntoIterator<Item = (K, V)>) -> Self {
        let entries = entries.into_iter().map(|(k, v)| (k.into(), v.into()));
        self.config.extend(entries);
        self
    }

    /// Replaces the memory limits.
    #[must_use]
    pub fn with_memory_options(mut self, memory: MemoryOptions) -> Self {
        self.memory = memory;
        self
    }

    /// Sets [`MemoryOptions::max_pages`], in pages of 64 KiB.
    #[must_use]
    pub fn with_memory_max(mut self, pages: u32) -> Self {
        self.memory.max_pages = Some(pages);
        self
    }

    /// Allows HTTP requests to a host.
    ///
    /// The pattern is compared with the host of the URL, in lower case and without a port: `*` matches any text
    /// (including dots), `?` one character, `[ab]` one of these. `example.com` does not match `www.example.com`. An
    /// IPv6 address is written with or without its brackets. With a port behind it (`localhost:8080`,
    /// `*.example.com:443`, `[::1]:8080`) the pattern allows that port only, which is 80 for `http` and 443 for `https`
    /// if the URL has none; without a port it allows all. The official runtime does not support ports there. Every
    /// redirect must lead to an allowed host, too.
    #[must_use]
    pub fn with_allowed_host(mut self, host: impl Into<String>) -> Self {
        self.allowed_hosts.get_or_insert_default().push(host.into());
        self
    }

    /// Replaces the [allowed hosts](Self::with_allowed_host).
    #[must_use]
    pub fn with_allowed_hosts(mut self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.allowed_hosts = Some(hosts.into_iter().map(Into::into).collect());
        self
    }

    /// Allows no HTTP requests (the default).
    #[must_use]
    pub fn disallow_all_hosts(mut self) -> Self {
        self.allowed_hosts = Some(Vec::new());
        self
    }

    /// Lets the plug-in access the directory `host` under the path `guest`; read-only if `host` starts with `ro:`.
    #[must_use]
    pub fn with_allowed_path(mut self, host: impl Into<String>, guest: impl Into<PathBuf>) -> Self {
        self.allowed_paths.get_or_insert_default().insert(host.into(), guest.into());
        self
    }

    /// Replaces the [allowed paths](Self::with_allowed_path).
    #[must_use]
    pub fn with_allowed_paths<H: Into<String>, G: Into<PathBuf>>(
        mut self,
        paths: impl IntoIterator<Item = (H, G)>,
    ) -> Self {
        let paths = paths.into_iter().map(|(h, g)| (h.into(), g.into()));
        self.allowed_paths = Some(paths.collect());
        self
    }

    /// Sets the time that one call may take, in whole milliseconds, rounded up.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        let millis = timeout.as_nanos().div_ceil(1_000_000);
        self.timeout_ms = Some(u64::try_from(millis).unwrap_or(u64::MAX));
        self
    }

    /// Returns the entries of [`allowed_paths`](Self::allowed_paths), with `ro:` removed.
    pub(crate) fn allowed_path_entries(&self) -> impl Iterator<Item = AllowedPath<'_>> {
        self.allowed_paths.iter().flatten().map(|(host, guest)| {
            let stripped = host.strip_prefix("ro:");
            AllowedPath { host: Path::new(stripped.unwrap_or(host)), guest, read_only: stripped.is_some() }
        })
    }
}

fields! {
    Manifest, "a manifest (a map with `wasm` and other fields)",
    "wasm" => |manifest, map| manifest.wasm = map.next_value()?,
    "memory" => |manifest, map| manifest.memory = map.next_value()?,
    "config" => |manifest, map| manifest.config = map.next_value::<UniqueMap<String>>()?.0,
    "allowed_hosts" => |manifest, map| manifest.allowed_hosts = map.next_value()?,
    "allowed_paths" => |manifest, map| {
        manifest.allowed_paths = map.next_value::<Option<UniqueMap<PathBuf>>>()?.map(|paths| paths.0);
    },
    "timeout_ms" => |manifest, map| manifest.timeout_ms = map.next_value()?,
}

impl<'de> Deserialize<'de> for Manifest {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        map::read(from)
    }
}

impl Serialize for Manifest {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("wasm", &self.wasm)?;
        if !self.memory.is_default() {
            map.serialize_entry("memory", &self.memory)?;
        }
        if !self.config.is_empty() {
            map.serialize_entry("config", &self.config)?;
        }
        entry(&mut map, "allowed_hosts", self.allowed_hosts.as_ref())?;
        entry(&mut map, "allowed_paths", self.allowed_paths.as_ref())?;
        entry(&mut map, "timeout_ms", self.timeout_ms.as_ref())?;
        map.end()
    }
}

/// Omits what may be secret: configuration contains API keys, and `Debug` output ends up in logs.
impl fmt::Debug for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manifest")
            .field("wasm", &self.wasm)
            .field("memory", &self.memory)
            .field("config", &Keys(&self.config))
            .field("allowed_hosts", &self.allowed_hosts)
            .field("allowed_paths", &self.allowed_paths)
            .field("timeout_ms", &self.timeout_ms)
            .finish_non_exhaustive()
    }
}
