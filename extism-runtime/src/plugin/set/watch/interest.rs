//! Which changes matter.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::super::found::real;

/// The places whose changes matter. Paths are absolute: as they are written, and without links.
#[derive(Debug, Default)]
pub(super) struct Interest {
    /// Everything directly in these.
    directories: BTreeSet<PathBuf>,
    /// These, wherever they are.
    files: BTreeSet<PathBuf>,
}

impl Interest {
    /// What matters to a set: its directory, the directories in it, and the files of its plug-ins.
    pub(super) fn of_set(directory: &Path, files: &[PathBuf]) -> Self {
        let mut interest = Self::of_files(files);
        // In its parent, where it may be removed, replaced or come back.
        interest.add_file(directory);
        interest.directories.insert(real(directory));
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        let inner = entries.map(|entry| entry.path()).filter(|path| path.is_dir());
        interest.directories.extend(inner.map(|path| real(&path)));
        interest
    }

    pub(super) fn of_files(files: &[PathBuf]) -> Self {
        let mut interest = Self::default();
        for file in files {
            interest.add_file(file);
        }
        interest
    }

    fn add_file(&mut self, file: &Path) {
        self.files.extend(std::path::absolute(file));
        self.files.insert(real(file));
        // The file's own name, in a directory whose links are resolved: how the system names it.
        if let (Some(parent), Some(name)) = (file.parent(), file.file_name()) {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            self.files.insert(real(parent).join(name));
        }
    }

    /// Returns the directories that have to be watched.
    pub(super) fn watched(&self) -> BTreeSet<PathBuf> {
        let parents = self.files.iter().filter_map(|file| file.parent()).map(real);
        self.directories.iter().cloned().chain(parents).collect()
    }

    /// Returns whether a change of this path matters.
    pub(super) fn concerns(&self, path: &Path) -> bool {
        self.files.contains(path)
            || self.directories.contains(path)
            || path.parent().is_some_and(|parent| self.directories.contains(parent))
    }
}
