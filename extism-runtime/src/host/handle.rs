use crate::value::Val;

/// A block of plug-in memory: its start and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Handle {
    pub(super) offset: u64,
    pub(super) length: u64,
}

impl Handle {
    /// Returns where the block starts: the handle that plug-in and host exchange as an `i64`. 0 means no block.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the block's length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Returns whether the block holds no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

impl From<Handle> for Val {
    fn from(handle: Handle) -> Self {
        Self::I64(handle.offset.cast_signed())
    }
}
