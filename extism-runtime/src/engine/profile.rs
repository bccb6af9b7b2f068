//! The files that profilers read, which the underlying engine opens under predictable names.

use std::{
    io,
    path::{Path, PathBuf},
    process,
};

use super::Profiling;
use crate::{Error, places};

/// Creates the file of a profile, readable by the process's own user only, and not through a link.
///
/// # Errors
///
/// Returns an error if something else exists under the file's name, or plug-ins may write to its directory.
pub(super) fn prepare(profiling: Profiling) -> Result<(), Error> {
    let path = match profiling {
        Profiling::PerfMap => PathBuf::from(format!("/tmp/perf-{}.map", process::id())),
        Profiling::JitDump => PathBuf::from(format!("./jit-{}.dump", process::id())),
        Profiling::None | Profiling::Vtune => return Ok(()),
    };
    make(&path).map_err(|source| Error::Output { path, source })
}

fn make(path: &Path) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    if let Some(writable) = places::granted_above(directory)? {
        return Err(io::Error::other(format!(
            "a plug-in may write to its directory `{}`; run the process in another directory",
            writable.display()
        )));
    }
    places::PrivateFile::new(path)?.make()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{
        fs,
        os::unix::fs::{MetadataExt as _, symlink},
    };

    use super::*;

    #[test]
    fn a_profile_is_for_its_owner_and_follows_no_links() {
        let directory = tempfile::tempdir().unwrap();
        let (profile, victim) = (directory.path().join("jit.dump"), directory.path().join("victim"));
        symlink(&victim, &profile).unwrap();
        assert!(make(&profile).is_err());
        assert!(!victim.exists());
        fs::remove_file(&profile).unwrap();
        make(&profile).unwrap();
        assert_eq!(fs::metadata(&profile).unwrap().mode() & 0o7777, 0o600);
        make(&profile).expect("another engine of the same process");
    }

    #[test]
    fn a_profile_is_not_made_where_plugins_may_write() {
        let directory = tempfile::tempdir().unwrap();
        places::grant(&fs::File::open(directory.path()).unwrap(), directory.path()).unwrap();
        let error = make(&directory.path().join("jit.dump")).unwrap_err();
        assert!(error.to_string().starts_with("a plug-in may write to its directory"), "{error}");
    }
}
