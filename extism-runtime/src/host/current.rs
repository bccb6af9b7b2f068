use std::{any::Any, marker::PhantomData, time::Duration};

use crate::{CancelHandle, Decode, Encode, error::BoxError, value::Val};

/// A block of plug-in memory: where it starts and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Handle {
    offset: u64,
    length: u64,
}

impl Handle {
    /// Where the block starts, in bytes from the start of the plug-in's kernel memory: the handle that crosses
    /// the boundary as an `i64`.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How long the block is, in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.length as usize
    }

    /// Whether the block holds no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

impl From<Handle> for Val {
    fn from(handle: Handle) -> Self {
        Self::I64(handle.offset as i64)
    }
}

/// The plug-in that is calling a host function.
pub struct CurrentPlugin<'a> {
    marker: PhantomData<&'a mut ()>,
}

#[allow(unused_variables, clippy::missing_errors_doc, missing_docs)]
impl CurrentPlugin<'_> {
    pub fn id(&self) -> uuid::Uuid { unimplemented!() }
    pub fn name(&self) -> &str { unimplemented!() }
    /// The export that the host called.
    pub fn export(&self) -> &str { unimplemented!() }
    pub fn config(&self, key: &str) -> Option<&str> { unimplemented!() }
    pub fn var(&self, name: &str) -> Option<&[u8]> { unimplemented!() }
    pub fn set_var(&mut self, name: &str, value: &[u8]) -> Result<(), BoxError> { unimplemented!() }
    pub fn remove_var(&mut self, name: &str) -> Option<Vec<u8>> { unimplemented!() }
    pub fn context<C: Any>(&self) -> Option<&C> { unimplemented!() }
    pub fn context_mut<C: Any>(&mut self) -> Option<&mut C> { unimplemented!() }
    pub fn time_remaining(&self) -> Option<Duration> { unimplemented!() }
    pub fn cancel_handle(&self) -> CancelHandle { unimplemented!() }
    pub fn memory_alloc(&mut self, length: usize) -> Result<Handle, BoxError> { unimplemented!() }
    pub fn memory_free(&mut self, handle: Handle) { unimplemented!() }
    pub fn memory_find(&self, offset: u64) -> Option<Handle> { unimplemented!() }
    pub fn memory_length(&self, offset: u64) -> u64 { unimplemented!() }
    /// The block's bytes; an error when it is no live block.
    pub fn memory_bytes(&self, handle: Handle) -> Result<&[u8], BoxError> { unimplemented!() }
    pub fn memory_bytes_mut(&mut self, handle: Handle) -> Result<&mut [u8], BoxError> { unimplemented!() }
    /// The value that the block at this argument (an `i64` handle) holds; handle 0 is no bytes.
    pub fn get<'p, T: Decode<'p>>(&'p self, value: &Val) -> Result<T, BoxError> { unimplemented!() }
    /// A new block with the value's bytes; no bytes are handle 0.
    pub fn put<T: Encode>(&mut self, value: T) -> Result<Val, BoxError> { unimplemented!() }
}
