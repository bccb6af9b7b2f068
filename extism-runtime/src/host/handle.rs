use crate::value::Val;

/// A block of plug-in memory: where it starts and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Handle {
    pub(super) offset: u64,
    pub(super) length: u64,
}

impl Handle {
    /// Where the block starts: the handle that crosses the boundary as an `i64`. 0 for no block.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How long the block is, in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether the block holds no bytes.
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
