use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{Manifest, Wasm};

/// A temporary directory with files, for plug-ins that read and write files through WASI. It is removed when this is
/// dropped.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use extism_runtime::{PluginBuilder, test::TestFolder};
///
/// let folder = TestFolder::new()?.with_file("settings/language.txt", "en")?;
/// let manifest = folder.manifest("examples/plugins/wasi_files.wasm", "/data");
/// let plugin = PluginBuilder::new(manifest).with_wasi(true).build()?;
/// // .. and after its calls:
/// assert_eq!(folder.read("settings/language.txt")?, "en");
/// # drop(plugin);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TestFolder(tempfile::TempDir);

impl TestFolder {
    /// Creates an empty directory.
    ///
    /// # Errors
    ///
    /// Returns the system's error.
    pub fn new() -> io::Result<Self> {
        tempfile::tempdir().map(Self)
    }

    /// Writes a file, and the directories that it is in.
    ///
    /// # Errors
    ///
    /// Returns the system's error.
    pub fn with_file(self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> io::Result<Self> {
        let path = self.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, content)?;
        Ok(self)
    }

    /// Returns the directory's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Returns the path of a file in the directory.
    #[must_use]
    pub fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        self.path().join(path)
    }

    /// Reads a file as text.
    ///
    /// # Errors
    ///
    /// Returns the system's error, also if the file is not UTF-8.
    pub fn read(&self, path: impl AsRef<Path>) -> io::Result<String> {
        fs::read_to_string(self.join(path))
    }

    /// Returns a manifest of a module's file that allows the plug-in to read and write the directory, under the path
    /// `guest`.
    #[must_use]
    pub fn manifest(&self, module: impl AsRef<Path>, guest: &str) -> Manifest {
        self.allowed(module.as_ref(), "", guest)
    }

    /// Returns a manifest of a module's file that allows the plug-in to read the directory, under the path `guest`.
    #[must_use]
    pub fn read_only_manifest(&self, module: impl AsRef<Path>, guest: &str) -> Manifest {
        self.allowed(module.as_ref(), "ro:", guest)
    }

    fn allowed(&self, module: &Path, prefix: &str, guest: &str) -> Manifest {
        let host = format!("{prefix}{}", self.path().display());
        Manifest::new([Wasm::file(module)]).with_allowed_path(host, guest)
    }
}
