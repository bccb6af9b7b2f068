//! Files and directories that only the process's user may read, because they hold data that plug-ins were passed.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

#[cfg(any(not(unix), feature = "cache"))]
use std::fs;

use super::check;

/// A file that is written later, perhaps several times. Its directory is opened only once.
#[derive(Debug)]
pub(crate) struct PrivateFile {
    path: PathBuf,
    name: OsString,
    #[cfg(unix)]
    directory: File,
}

impl PrivateFile {
    /// Prepares a file of this path, which may not exist yet. Its directory must exist.
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        let name = path.file_name().ok_or_else(|| io::Error::other("this is not the name of a file"))?.to_owned();
        #[cfg(unix)]
        let directory = directory_of(path)?;
        Ok(Self {
            path: std::path::absolute(path)?,
            name,
            #[cfg(unix)]
            directory,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Creates the file; keeps an existing one if it is a regular file of the user's own.
    pub(crate) fn make(&self) -> io::Result<()> {
        match self.create() {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.check_own(),
            made => made.map(drop),
        }
    }

    /// Writes a new file, replacing a regular file that exists. Anything else, such as a link, is left alone.
    pub(crate) fn replace(&self, content: &[u8]) -> io::Result<()> {
        self.make_way()?;
        self.create()?.write_all(content)
    }
}

#[cfg(unix)]
impl PrivateFile {
    fn make_way(&self) -> io::Result<()> {
        use rustix::{
            fs::{AtFlags, FileType, statat, unlinkat},
            io::Errno,
        };

        match statat(&self.directory, &self.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) if FileType::from_raw_mode(found.st_mode) == FileType::RegularFile => {
                Ok(unlinkat(&self.directory, &self.name, AtFlags::empty())?)
            }
            Ok(_) => Err(not_regular()),
            Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn check_own(&self) -> io::Result<()> {
        use rustix::fs::{AtFlags, FileType, statat};

        let found = statat(&self.directory, &self.name, AtFlags::SYMLINK_NOFOLLOW)?;
        if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile {
            return Err(not_regular());
        }
        if found.st_uid != rustix::process::geteuid().as_raw() {
            return Err(io::Error::other("a file of another user already exists there"));
        }
        Ok(())
    }

    fn create(&self) -> io::Result<File> {
        use rustix::fs::{Mode, OFlags, openat};

        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(openat(&self.directory, &self.name, flags, Mode::RUSR | Mode::WUSR)?.into())
    }
}

#[cfg(not(unix))]
impl PrivateFile {
    fn make_way(&self) -> io::Result<()> {
        let _ = &self.name;
        match fs::symlink_metadata(&self.path) {
            Ok(found) if found.is_file() => fs::remove_file(&self.path),
            Ok(_) => Err(not_regular()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn check_own(&self) -> io::Result<()> {
        if fs::symlink_metadata(&self.path)?.is_file() { Ok(()) } else { Err(not_regular()) }
    }

    fn create(&self) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(&self.path)
    }
}

fn not_regular() -> io::Error {
    io::Error::other("something that is not a regular file already exists there; links are not followed")
}

/// Returns the directory of a file, open. It must be where its path says it is.
#[cfg(unix)]
fn directory_of(path: &Path) -> io::Result<File> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let opened = OpenOptions::new().read(true).open(directory)?;
    check(directory, &opened)?;
    Ok(opened)
}

/// Opens a file for appending, and creates it if it is missing.
///
/// A link in the file's place is not followed, except for those with which systems name open files (`/dev/stderr`,
/// `/dev/fd/3`).
#[cfg(unix)]
pub(crate) fn append(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, openat};

    if ["/dev", "/proc"].iter().any(|devices| path.starts_with(devices)) {
        return OpenOptions::new().append(true).open(path);
    }
    let name = path.file_name().ok_or_else(|| io::Error::other("this is not the name of a file"))?;
    let directory = directory_of(path)?;
    let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match openat(&directory, name, flags, Mode::RUSR | Mode::WUSR) {
        Ok(file) => Ok(file.into()),
        Err(rustix::io::Errno::LOOP) => Err(io::Error::other("it is a link, and links are not followed")),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
pub(crate) fn append(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

/// Creates a directory that only the process's user may access; an existing one is left as it is.
#[cfg(feature = "cache")]
pub(crate) fn make_private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Checks that only the process's user (and root) may write to a directory.
///
/// # Errors
///
/// Returns an error with the remedy if others may.
#[cfg(all(unix, feature = "cache"))]
pub(crate) fn check_private_directory(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    let metadata = fs::metadata(path)?;
    let (mode, owner, own) = (metadata.mode(), metadata.uid(), rustix::process::geteuid().as_raw());
    let (shown, bits) = (path.display(), mode & 0o7777);
    if owner != own && owner != 0 {
        return Err(io::Error::other(format!(
            "`{shown}` belongs to another user ({owner}), who could make this process run any code; use a directory of \
             your own"
        )));
    }
    if mode & 0o022 != 0 {
        return Err(io::Error::other(format!(
            "others may write to `{shown}` (mode {bits:04o}) and could make this process run any code; remove that \
             permission with: chmod go-w '{shown}'"
        )));
    }
    Ok(())
}

#[cfg(all(not(unix), feature = "cache"))]
pub(crate) fn check_private_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
