//! Parts of the plug-in's memory that are no whole blocks.

use super::CurrentPlugin;
use crate::{error::MemoryError, kernel};

impl CurrentPlugin<'_> {
    /// Returns `length` bytes of the memory that plug-in and host share, from `offset`: for plug-ins that pass an offset
    /// within a block, or an offset and a length as two numbers. [`memory_bytes`](Self::memory_bytes) returns a whole
    /// block, and checks that there is one.
    ///
    /// # Errors
    ///
    /// Returns an error if the range exceeds the memory in which blocks are. No bytes are always there.
    pub fn memory_slice(&self, offset: u64, length: u64) -> Result<&[u8], MemoryError> {
        kernel::slice(self.kernel.data(&self.caller), offset, length).map_err(|_| MemoryError::InvalidHandle { offset })
    }

    /// Returns `length` bytes of the memory that plug-in and host share, from `offset`, mutably.
    ///
    /// # Errors
    ///
    /// Returns an error if the range exceeds the memory in which blocks are.
    pub fn memory_slice_mut(&mut self, offset: u64, length: u64) -> Result<&mut [u8], MemoryError> {
        let memory = self.kernel.data_mut(&mut self.caller);
        kernel::slice_mut(memory, offset, length).map_err(|_| MemoryError::InvalidHandle { offset })
    }
}
