//! What is known of a file of compiled code.

use crate::load::sha256;

/// A file of compiled code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Its path relative to wasmtime's directory of compiled modules.
    pub(super) file: String,
    pub(super) sha256: [u8; 32],
}

impl Record {
    /// Reads what [`write`](Self::write) has written; `None` if it is damaged.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (content, checksum) = bytes.split_last_chunk()?;
        if sha256(content) != *checksum {
            return None;
        }
        let (file, sha256) = content.split_last_chunk()?;
        Some(Self { file: std::str::from_utf8(file).ok()?.to_owned(), sha256: *sha256 })
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let content = [self.file.as_bytes(), &self.sha256].concat();
        [&content[..], &sha256(&content)].concat()
    }
}
