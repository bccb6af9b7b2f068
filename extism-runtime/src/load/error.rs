//! Why a module couldn't be loaded.

use std::{io, path::PathBuf};

use crate::shown;

/// Why a plug-in's modules couldn't be loaded. Each error names the module, as the manifest calls it
/// (`main` where it gives no name), and where it comes from.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The manifest's `wasm` is empty.
    #[error("the manifest names no module: its `wasm` is empty")]
    NoModules,
    /// Two modules have the same name.
    #[error("two modules of the manifest are named `{}` (one without a name counts as `main`)", shown::name(name))]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// A module is called like what the runtime itself gives.
    #[error("no module of a manifest may be named `{name}`: what the runtime itself gives is")]
    ReservedName {
        /// The name.
        name: String,
    },
    /// A file couldn't be read.
    #[error("cannot read module `{}` from {}: {source}", shown::name(module), shown::name(&path.to_string_lossy()))]
    File {
        /// The module.
        module: String,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A module is larger than allowed.
    #[error("module `{}` from {} is larger than {limit} bytes", shown::name(module), shown::name(origin))]
    TooLarge {
        /// The module.
        module: String,
        /// Where it comes from.
        origin: String,
        /// The most bytes that are read.
        limit: u64,
    },
    /// A module couldn't be downloaded.
    #[cfg(feature = "http")]
    #[error("cannot download module `{}` from {}: {}", shown::name(module), shown::name(url), shown::text(source))]
    Download {
        /// The module.
        module: String,
        /// Where it comes from, without user name and password.
        url: String,
        /// What went wrong.
        source: Box<crate::http::HttpError>,
    },
    /// The server answered a download with an error.
    #[error(
        "cannot download module `{}` from {}: the server answered with status {status}",
        shown::name(module),
        shown::name(url)
    )]
    Status {
        /// The module.
        module: String,
        /// Where it comes from, without user name and password.
        url: String,
        /// The HTTP status code.
        status: u16,
    },
    /// A module must be downloaded, and this program was built without the feature `http`.
    #[error(
        "cannot download module `{}` from {}: extism-runtime was built without its feature `http`",
        shown::name(module),
        shown::name(url)
    )]
    HttpDisabled {
        /// The module.
        module: String,
        /// Where it would come from.
        url: String,
    },
    /// What the manifest gives as a hash is none.
    #[error(
        "the hash of module `{}` is not a SHA-256 of 64 hexadecimal digits: \"{}\"",
        shown::name(module),
        shown::name(hash)
    )]
    HashFormat {
        /// The module.
        module: String,
        /// What the manifest gives.
        hash: String,
    },
    /// A module isn't the one that the manifest means.
    #[error(
        "the hash of module `{}` from {} is {actual}, but the manifest expects {expected}",
        shown::name(module),
        shown::name(origin)
    )]
    HashMismatch {
        /// The module.
        module: String,
        /// Where it comes from.
        origin: String,
        /// The SHA-256 in the manifest.
        expected: String,
        /// The SHA-256 of what was read.
        actual: String,
    },
    /// What was read is no WebAssembly module.
    #[error("module `{}` from {} is no WebAssembly module: {found}", shown::name(module), shown::name(origin))]
    NotWasm {
        /// The module.
        module: String,
        /// Where it comes from.
        origin: String,
        /// What it is instead.
        found: String,
    },
    /// A module's text has an error.
    #[error(
        "module `{}` from {} has an error in its text: {message} (line {line}, column {column})",
        shown::name(module),
        shown::name(origin)
    )]
    Wat {
        /// The module.
        module: String,
        /// Where it comes from.
        origin: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
}
