//! Reads files of limited length.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _},
    path::Path,
};

/// Which files are read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Readable {
    /// Every kind, such as pipes, for whose writers reading waits.
    Any,
    /// Regular files. Others are refused at once, even those that replace a regular file at the last moment.
    Regular,
}

impl Readable {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be opened, is a directory, or is not of the kind that is read.
    pub(crate) fn open(self, path: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true);
        // Opening a pipe would wait for its writer. Reading a regular file does not change.
        #[cfg(unix)]
        if matches!(self, Self::Regular) {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
        }
        let file = options.open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        match self {
            Self::Regular if !metadata.is_file() => Err(io::Error::other("it is not a regular file")),
            _ => Ok(file),
        }
    }

    /// Reads a file of at most `limit` bytes; `None` if it has more, which is not read if its length says so. Some files,
    /// such as `/dev/zero`, have no end.
    pub(crate) fn read_up_to(self, path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
        self.read_up_to_if(path, limit, |_| true)
    }

    /// Like [`read_up_to`](Self::read_up_to). Of a long file whose start is not wanted, only that start is returned.
    pub(crate) fn read_up_to_if(
        self,
        path: &Path,
        limit: u64,
        is_wanted: impl FnOnce(&[u8]) -> bool,
    ) -> io::Result<Option<Vec<u8>>> {
        let mut file = self.open(path)?;
        let length = file.metadata()?.len();
        if length > limit {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        if length > LONG {
            file.by_ref().take(START as u64).read_to_end(&mut bytes)?;
            if !is_wanted(&bytes) {
                return Ok(Some(bytes));
            }
        }
        bytes.reserve_exact(usize::try_from(length).unwrap_or(0).saturating_sub(bytes.len()));
        file.take(limit.saturating_add(1).saturating_sub(bytes.len() as u64)).read_to_end(&mut bytes)?;
        Ok(if bytes.len() as u64 <= limit { Some(bytes) } else { None })
    }
}

/// Files longer than this are looked at before they are read as a whole.
const LONG: u64 = 1 << 20;
/// The bytes that are looked at.
const START: usize = 4 << 10;

#[cfg(all(test, unix))]
mod tests {
    use super::Readable;

    #[test]
    fn a_pipe_that_is_no_regular_file_is_refused_without_waiting_for_its_writer() {
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
        let error = Readable::Regular.read_up_to(&pipe, 10).unwrap_err();
        assert_eq!(error.to_string(), "it is not a regular file");
        let error = Readable::Regular.read_up_to("/dev/zero".as_ref(), 10).unwrap_err();
        assert_eq!(error.to_string(), "it is not a regular file");
        assert_eq!(Readable::Any.read_up_to("/dev/zero".as_ref(), 10).unwrap(), None);
        let file = directory.path().join("file");
        std::fs::write(&file, "content").unwrap();
        assert_eq!(Readable::Regular.read_up_to(&file, 10).unwrap(), Some(b"content".to_vec()));
        assert_eq!(Readable::Regular.read_up_to(&file, 6).unwrap(), None);
    }
}
