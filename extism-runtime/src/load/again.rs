//! Modules that are needed once more, long after they were loaded.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{content, hash::sha256, origin::Origin};
use crate::{bounded::Readable, display, manifest::Wasm};

/// How the bytes of a loaded module can be had once more, without keeping in memory what is in a file.
pub(crate) enum Again {
    /// They are in memory: they came from there, or from a server.
    Kept(Arc<Vec<u8>>),
    /// They are read from the file again.
    File {
        path: PathBuf,
        /// The bytes of the file, which may contain text.
        length: u64,
    },
}

impl Again {
    /// Returns the binary of the module whose loaded bytes have this SHA-256.
    ///
    /// # Errors
    ///
    /// Returns an error, as its text, if the file cannot be read, or has changed.
    pub(crate) fn wasm(&self, expected: &[u8; 32]) -> Result<Arc<Vec<u8>>, String> {
        let (path, length) = match self {
            Self::Kept(wasm) => return Ok(Arc::clone(wasm)),
            Self::File { path, length } => (path, *length),
        };
        let name = path.to_string_lossy();
        let name = display::name(&name);
        let read = Readable::Regular.read_up_to(path, length);
        let bytes = read.map_err(|error| format!("cannot read its file `{name}` again: {error}"))?;
        match bytes.filter(|bytes| sha256(bytes) == *expected) {
            Some(bytes) => {
                let origin = Origin { module: "main".to_owned(), place: path.display().to_string() };
                content::to_binary(bytes, &origin).map(Arc::new).map_err(|error| error.to_string())
            }
            None => Err(format!("its file `{name}` has changed since it was loaded; load the plug-in again")),
        }
    }
}

/// Returns the path of a module in a file that can be read again; pipes cannot. It stays the same if the process changes
/// its directory.
pub(super) fn path_of(wasm: &Wasm) -> Option<PathBuf> {
    let Wasm::File { path, .. } = wasm else { return None };
    Some(path).filter(|path| Path::is_file(path)).and_then(|path| std::path::absolute(path).ok())
}

impl fmt::Debug for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kept(wasm) => write!(f, "[{} bytes]", wasm.len()),
            Self::File { path, .. } => write!(f, "{}", path.display()),
        }
    }
}
