//! What tells whether a plug-in's files have changed: their content, and what the file system says of them.

use std::{
    collections::BTreeMap,
    fs::Metadata,
    io::{self, Read as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use sha2::{Digest as _, Sha256};

use crate::bounded::Readable;

/// A file that was changed so shortly before it was read may change again without another time stamp.
const COARSEST_CLOCK: Duration = Duration::from_secs(2);

/// The state of some files.
#[derive(Clone, Debug, Default)]
pub(super) struct Files(BTreeMap<PathBuf, FileState>);

/// What is known of a file.
#[derive(Clone, Debug)]
struct FileState {
    stamp: Stamp,
    /// Of its content; `None` if it is not read because it is missing, no regular file, or larger than a module may be.
    hash: Option<[u8; 32]>,
    /// Whether the same stamp means the same content.
    trusted: bool,
    /// When it was looked at.
    at: SystemTime,
}

/// What the file system says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stamp {
    File {
        length: u64,
        modified: Option<SystemTime>,
        /// On Unix: device, file number, and the time of the last change of anything, which programs cannot set.
        identity: (u64, u64, i64, i64),
    },
    /// A directory, a pipe, ...
    Other,
    Missing(io::ErrorKind),
}

impl Files {
    /// Looks at these files. Of files that look as they did `before`, the content is not read again; nor is that of files
    /// larger than `limit` bytes.
    pub(super) fn read(paths: &[PathBuf], before: &Self, limit: u64) -> Self {
        Self::look(paths).with_content(before, limit)
    }

    /// Looks at these files, but does not read them.
    pub(super) fn look(paths: &[PathBuf]) -> Self {
        let state = |path: &PathBuf| (path.clone(), FileState::look(path));
        Self(paths.iter().map(state).collect())
    }

    /// Adds the content, as [`read`](Self::read) does.
    pub(super) fn with_content(self, before: &Self, limit: u64) -> Self {
        let read = |(path, state): (PathBuf, FileState)| {
            let state = state.with_content(&path, before.0.get(&path), limit);
            (path, state)
        };
        Self(self.0.into_iter().map(read).collect())
    }

    /// Returns the same files with unknown content, which differs from any content that is read later.
    pub(super) fn without_content(mut self) -> Self {
        for state in self.0.values_mut() {
            (state.hash, state.trusted) = (None, false);
        }
        self
    }

    /// Returns whether these are the same files with the same content.
    pub(super) fn same_content(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self
                .0
                .iter()
                .zip(&other.0)
                .all(|((path, state), (other_path, other))| path == other_path && state.same_content(other))
    }

    /// Returns whether no file has been touched since.
    pub(super) fn are_untouched(&self) -> bool {
        self.0.iter().all(|(path, state)| Stamp::of(path) == state.stamp)
    }

    /// Returns a file that is neither missing nor a regular one.
    pub(super) fn irregular(&self) -> Option<&Path> {
        let other = self.0.iter().find(|(_, state)| state.stamp == Stamp::Other);
        other.map(|(path, _)| path.as_path())
    }

    /// Returns when the last change of a file was.
    #[cfg(feature = "watch")]
    pub(super) fn last_change(paths: &[PathBuf]) -> Option<SystemTime> {
        let modified = |path: &PathBuf| match Stamp::of(path) {
            Stamp::File { modified, .. } => modified,
            _ => None,
        };
        paths.iter().filter_map(modified).max()
    }

    /// Returns the files' paths.
    pub(super) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.0.keys()
    }
}

/// Returns a file that is neither missing nor a regular one, such as a pipe, from which reading may never end.
#[cfg(feature = "cache")]
pub(in crate::plugin) fn irregular(paths: &[PathBuf]) -> Option<PathBuf> {
    paths.iter().find(|path| Stamp::of(path) == Stamp::Other).cloned()
}

impl FileState {
    fn look(path: &Path) -> Self {
        let at = SystemTime::now();
        Self { stamp: Stamp::of(path), hash: None, trusted: false, at }
    }

    fn with_content(self, path: &Path, before: Option<&Self>, limit: u64) -> Self {
        if let Some(before) = before.filter(|before| before.trusted && before.stamp == self.stamp) {
            return before.clone();
        }
        let Some(length) = self.stamp.length().filter(|length| *length <= limit) else { return self };
        let hash = hash(path, length).ok();
        let trusted = hash.is_some() && self.stamp.is_older_than(self.at, COARSEST_CLOCK);
        Self { hash, trusted, ..self }
    }

    fn same_content(&self, other: &Self) -> bool {
        match (&self.hash, &other.hash) {
            (Some(hash), Some(other)) => hash == other,
            (None, None) => self.stamp == other.stamp,
            _ => false,
        }
    }
}

impl Stamp {
    fn of(path: &Path) -> Self {
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => {
                let (length, modified) = (metadata.len(), metadata.modified().ok());
                Self::File { length, modified, identity: identity(&metadata) }
            }
            Ok(_) => Self::Other,
            Err(error) => Self::Missing(error.kind()),
        }
    }

    /// Returns the length of a regular file.
    fn length(&self) -> Option<u64> {
        match self {
            Self::File { length, .. } => Some(*length),
            _ => None,
        }
    }

    fn is_older_than(&self, now: SystemTime, age: Duration) -> bool {
        let Self::File { modified: Some(modified), .. } = self else { return false };
        now.duration_since(*modified).is_ok_and(|since| since > age)
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u64, i64, i64) {
    (0, 0, 0, 0)
}

/// Returns the SHA-256 of a file, up to `length` bytes and one more.
fn hash(path: &Path, length: u64) -> io::Result<[u8; 32]> {
    let mut file = Readable::Regular.open(path)?.take(length.saturating_add(1));
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(digest.finalize().into()),
            Ok(read) => digest.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
