//! Reads files of limited length.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

/// Reads a file of at most `limit` bytes; `None` if it has more, which is not read if its length says so. Some files, such
/// as `/dev/zero`, have no end.
pub(crate) fn read_up_to(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    read_up_to_if(path, limit, |_| true)
}

/// Files longer than this are looked at before they are read as a whole.
const LONG: u64 = 1 << 20;
/// The bytes that are looked at.
const START: usize = 4 << 10;

/// Like [`read_up_to`]. Of a long file whose start is not wanted, only that start is returned.
pub(crate) fn read_up_to_if(
    path: &Path,
    limit: u64,
    is_wanted: impl FnOnce(&[u8]) -> bool,
) -> io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if metadata.len() > limit {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    if metadata.len() > LONG {
        file.by_ref().take(START as u64).read_to_end(&mut bytes)?;
        if !is_wanted(&bytes) {
            return Ok(Some(bytes));
        }
    }
    bytes.reserve_exact(usize::try_from(metadata.len()).unwrap_or(0).saturating_sub(bytes.len()));
    file.take(limit.saturating_add(1).saturating_sub(bytes.len() as u64)).read_to_end(&mut bytes)?;
    Ok(if bytes.len() as u64 <= limit { Some(bytes) } else { None })
}
