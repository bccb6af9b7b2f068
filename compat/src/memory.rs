//! The memory that a plug-in and its host share.

use extism_convert::MemoryHandle;

use crate::{CurrentPlugin, Error, FromBytes, ToBytes, Val};

impl CurrentPlugin<'_, '_> {
    /// Returns the block that starts at this offset; the offset 0 is that of no bytes.
    pub fn memory_handle(&mut self, offs: u64) -> Option<MemoryHandle> {
        match (offs, self.plugin.memory_length(offs)) {
            (0, _) => Some(MemoryHandle::null()),
            (_, 0) => None,
            (offset, length) => Some(MemoryHandle { offset, length }),
        }
    }

    /// Returns the bytes of a block as text.
    pub fn memory_str(&mut self, handle: MemoryHandle) -> Result<&str, Error> {
        Ok(std::str::from_utf8(self.memory_bytes(handle)?)?)
    }

    /// Returns the bytes of a block as text, mutably.
    pub fn memory_str_mut(&mut self, handle: MemoryHandle) -> Result<&mut str, Error> {
        Ok(std::str::from_utf8_mut(self.memory_bytes_mut(handle)?)?)
    }

    /// Returns the bytes of a block. The handle may also be that of a part of a block; it must lie within the memory.
    pub fn memory_bytes(&mut self, handle: MemoryHandle) -> Result<&[u8], Error> {
        Ok(self.plugin.memory_slice(handle.offset, handle.length)?)
    }

    /// Returns the bytes of a block, mutably, as [`memory_bytes`](Self::memory_bytes) does.
    pub fn memory_bytes_mut(&mut self, handle: MemoryHandle) -> Result<&mut [u8], Error> {
        Ok(self.plugin.memory_slice_mut(handle.offset, handle.length)?)
    }

    /// Encodes a value into a new block.
    pub fn memory_new<'a, T: ToBytes<'a>>(&mut self, value: T) -> Result<MemoryHandle, Error> {
        let bytes = value.to_bytes()?;
        let handle = self.plugin.memory_new(bytes.as_ref()).map_err(out_of_memory)?;
        Ok(MemoryHandle { offset: handle.offset(), length: handle.len() })
    }

    /// Decodes a value from a block.
    pub fn memory_get<'a, T: FromBytes<'a>>(&'a mut self, handle: MemoryHandle) -> Result<T, Error> {
        T::from_bytes(self.memory_bytes(handle)?)
    }

    /// Decodes a value from the block that an argument refers to.
    pub fn memory_get_val<'a, T: FromBytes<'a>>(&'a mut self, offs: &Val) -> Result<T, Error> {
        let offset = offs.i64().unwrap_or(0).cast_unsigned();
        match self.memory_handle(offset) {
            Some(handle) => self.memory_get(handle),
            None => Err(Error::msg(format!("{} invalid memory offset: {offs:?}", self.id()))),
        }
    }

    /// Encodes a value into a new block, and makes a result refer to it.
    pub fn memory_set_val<'a, T: ToBytes<'a>>(&'a mut self, offs: &mut Val, data: T) -> Result<(), Error> {
        let handle = self.memory_new(data)?;
        *offs = self.memory_to_val(handle);
        Ok(())
    }

    /// Allocates a block of `n` bytes; its initial content is undefined.
    pub fn memory_alloc(&mut self, n: u64) -> Result<MemoryHandle, Error> {
        let length = usize::try_from(n).map_err(out_of_memory)?;
        let handle = self.plugin.memory_alloc(length).map_err(out_of_memory)?;
        Ok(MemoryHandle { offset: handle.offset(), length: n })
    }

    /// Frees a block.
    pub fn memory_free(&mut self, handle: MemoryHandle) -> Result<(), Error> {
        if let Some(handle) = self.plugin.memory_find(handle.offset) {
            self.plugin.memory_free(handle);
        }
        Ok(())
    }

    /// Returns the length of the block that starts at this offset; 0 if there is none.
    pub fn memory_length(&mut self, offs: u64) -> Result<u64, Error> {
        Ok(self.plugin.memory_length(offs))
    }

    /// The same as [`memory_length`](Self::memory_length). The official crate trusts the plug-in here.
    pub fn memory_length_unsafe(&mut self, offs: u64) -> Result<u64, Error> {
        self.memory_length(offs)
    }

    /// Returns the block that an argument refers to.
    pub fn memory_from_val(&mut self, offs: &Val) -> Option<MemoryHandle> {
        self.memory_handle(offs.i64()?.cast_unsigned()).filter(|handle| !handle.is_empty())
    }

    /// Returns the value that refers to a block.
    pub fn memory_to_val(&mut self, handle: MemoryHandle) -> Val {
        Val::I64(handle.offset.cast_signed())
    }
}

/// The error of an allocation, whose root cause programs look for.
fn out_of_memory(detail: impl std::fmt::Display) -> Error {
    Error::msg("oom").context(detail.to_string())
}
