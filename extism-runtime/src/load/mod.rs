//! From a manifest to the bytes of its modules: reads them, checks their hashes, converts text to binary.

mod again;
mod content;
mod error;
mod hash;
mod name;
mod options;
mod origin;
mod read;
mod source;

#[cfg(test)]
mod tests;

use std::{fmt, path::PathBuf, sync::Arc};

#[cfg(feature = "snapshot")]
pub(crate) use self::content::wat_text;
pub(crate) use self::{
    again::Again,
    hash::{hex, sha256},
    options::LoadOptions,
};
pub use self::{error::LoadError, options::DownloadProgress, source::Source};
use self::{name::Names, origin::Origin};
use crate::manifest::Wasm;

/// The modules of a manifest.
#[derive(Debug)]
pub(crate) struct LoadedModules {
    /// The module whose exports are called.
    pub(crate) main: LoadedModule,
    /// The others, in the manifest's order, each with a distinct name.
    pub(crate) linked: Vec<LoadedModule>,
}

/// A module, in the binary format.
pub(crate) struct LoadedModule {
    /// The name in the manifest; `main` for the main module when it has none.
    pub(crate) name: String,
    /// Its origin, for messages: a path, a URL or `memory`.
    pub(crate) origin: String,
    /// The binary. Its header is that of a core module; the rest is unchecked.
    pub(crate) wasm: Arc<Vec<u8>>,
    /// The SHA-256 of the loaded bytes: of the text, if the module was in the text format.
    pub(crate) sha256: [u8; 32],
    /// The file that it was loaded from, and that file's length in bytes.
    file: Option<(PathBuf, u64)>,
}

impl LoadedModule {
    /// Returns a name for a plug-in with this main module: the module's own, its file's, or one with the start of its
    /// hash.
    pub(crate) fn plugin_name(&self) -> String {
        // A query is not part of a file's name, and it may contain secrets.
        let origin = self.origin.strip_suffix("?..").unwrap_or(&self.origin);
        let file = std::path::Path::new(origin).file_stem().filter(|_| self.origin.contains('.'));
        match file {
            _ if self.name != "main" => self.name.clone(),
            Some(stem) => stem.to_string_lossy().into_owned(),
            None => format!("plugin-{}", &hash::hex(&self.sha256)[..8]),
        }
    }

    /// Returns how its bytes can be had once more.
    pub(crate) fn again(&self) -> Again {
        match &self.file {
            Some((path, length)) => Again::File { path: path.clone(), length: *length },
            None => Again::Kept(Arc::clone(&self.wasm)),
        }
    }

    /// Returns the SHA-256 as a manifest writes it.
    pub(crate) fn sha256_text(&self) -> String {
        hash::hex(&self.sha256)
    }
}

impl fmt::Debug for LoadedModule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadedModule")
            .field("name", &self.name)
            .field("origin", &self.origin)
            .field("wasm", &format_args!("[{} bytes]", self.wasm.len()))
            .field("sha256", &hash::hex(&self.sha256))
            .field("file", &self.file)
            .finish()
    }
}

/// Loads the modules that a manifest lists.
///
/// # Errors
///
/// Returns a [`LoadError`]: about the names first, then about the first module that cannot be loaded.
pub(crate) fn load(wasm: Vec<Wasm>, options: &LoadOptions) -> Result<LoadedModules, LoadError> {
    let Names { names, main } = name::resolve(&wasm)?;
    let modules = wasm.into_iter().zip(names).map(|(wasm, name)| load_module(wasm, name, options));
    let mut linked = modules.collect::<Result<Vec<_>, _>>()?;
    Ok(LoadedModules { main: linked.remove(main), linked })
}

fn load_module(wasm: Wasm, name: String, options: &LoadOptions) -> Result<LoadedModule, LoadError> {
    let origin = Origin::of(&wasm, &name);
    let expected = hash::expected(wasm.meta(), &origin)?;
    let path = again::path_of(&wasm);
    let bytes = read::read(wasm, &origin, options)?;
    let sha256 = hash::check(&bytes, expected, &origin)?;
    let file = path.map(|path| (path, bytes.len() as u64));
    let wasm = content::to_binary(bytes, &origin)?;
    Ok(LoadedModule { name, origin: origin.place, wasm: Arc::new(wasm), sha256, file })
}
