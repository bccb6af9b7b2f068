//! Why a module could not be loaded.

use std::{io, path::PathBuf};

use crate::display;

/// Why a plug-in's modules could not be loaded. Each error names the module, as the manifest does (`main` if it has no
/// name), and where it comes from.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The manifest's `wasm` is empty.
    #[error("the manifest contains no modules: add one to `wasm`")]
    NoModules,
    /// Two modules have the same name.
    #[error(
        "two modules in the manifest are named `{}` (the default name is `main`); give each a unique `name`",
        display::name(name)
    )]
    #[non_exhaustive]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A module has a name that is reserved for the runtime.
    #[error("module name `{name}` is reserved for the runtime; choose another `name` in the manifest")]
    #[non_exhaustive]
    ReservedName {
        /// The name.
        name: String,
    },
    /// A file could not be read.
    #[error("cannot read module `{}` from {}: {source}", display::name(module), display::name(&path.to_string_lossy()))]
    #[non_exhaustive]
    File {
        /// The module.
        module: String,
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A module is larger than allowed.
    #[error(
        "module `{}` from {} is larger than the limit of {limit} bytes; raise it with \
         `PluginBuilder::with_max_module_bytes`",
        display::name(module),
        display::name(origin)
    )]
    #[non_exhaustive]
    TooLarge {
        /// The module.
        module: String,
        /// Its origin.
        origin: String,
        /// The maximum size in bytes.
        limit: u64,
    },
    /// A module could not be downloaded.
    #[cfg(feature = "http")]
    #[error(
        "cannot download module `{}` from {}: {}",
        display::name(module),
        display::name(url),
        display::text(source)
    )]
    #[non_exhaustive]
    Download {
        /// The module.
        module: String,
        /// Its URL, without user name, password and query.
        url: String,
        /// What went wrong: an [`HttpError`](crate::error::HttpError).
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server answered a download with an error.
    #[error(
        "cannot download module `{}` from {}: the server answered with status {status}",
        display::name(module),
        display::name(url)
    )]
    #[non_exhaustive]
    Status {
        /// The module.
        module: String,
        /// Its URL, without user name, password and query.
        url: String,
        /// The HTTP status code.
        status: u16,
    },
    /// A module must be downloaded, but this program was built without the feature `http`.
    #[error(
        "cannot download module `{}` from {}: enable the feature `http` of extism-runtime",
        display::name(module),
        display::name(url)
    )]
    #[non_exhaustive]
    HttpDisabled {
        /// The module.
        module: String,
        /// Its URL.
        url: String,
    },
    /// A `hash` in the manifest is not a SHA-256.
    #[error(
        "the hash of module `{}` is not a SHA-256 of 64 hexadecimal digits: \"{}\"",
        display::name(module),
        display::name(hash)
    )]
    #[non_exhaustive]
    HashFormat {
        /// The module.
        module: String,
        /// The hash in the manifest.
        hash: String,
    },
    /// A module's hash differs from the one in the manifest.
    #[error(
        "the hash of module `{}` from {} is {actual}, but the manifest expects {expected}",
        display::name(module),
        display::name(origin)
    )]
    #[non_exhaustive]
    HashMismatch {
        /// The module.
        module: String,
        /// Its origin.
        origin: String,
        /// The SHA-256 in the manifest.
        expected: String,
        /// The SHA-256 of what was read.
        actual: String,
    },
    /// The bytes are not a WebAssembly module.
    #[error("module `{}` from {} is not a WebAssembly module: {found}", display::name(module), display::name(origin))]
    #[non_exhaustive]
    NotWasm {
        /// The module.
        module: String,
        /// Its origin.
        origin: String,
        /// What the bytes are instead.
        found: String,
    },
    /// A module in the text format has a syntax error.
    #[error(
        "module `{}` from {} is not valid WebAssembly text: {message} (line {line}, column {column})",
        display::name(module),
        display::name(origin)
    )]
    #[non_exhaustive]
    Wat {
        /// The module.
        module: String,
        /// Its origin.
        origin: String,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
}
