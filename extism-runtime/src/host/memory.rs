//! The kernel's memory of a running plug-in, as host functions use it.

use std::error::Error;

use wasmtime::{AsContextMut, Memory};

use super::Handle;
use crate::{
    codec::{CodecError, Decode, Encode, MAX_ATTEMPTS, Writer, within},
    error::{BoxError, MemoryError},
    kernel::{self, Alloc},
    limits::Limits,
    store::{Interrupt, StoreData},
};

/// Returns how the call ends when a host function fails. A failure to grow the plug-in's memory is attributed
/// to the plug-in, not to the function.
#[cold]
pub(crate) fn failure(name: &str, source: BoxError) -> Interrupt {
    let mut cause: Option<&(dyn Error + 'static)> = Some(&*source);
    while let Some(error) = cause {
        if let Some(MemoryError::OutOfMemory { .. }) = error.downcast_ref() {
            return Interrupt::OutOfMemory(format!("host function `{name}`: {error}"));
        }
        cause = error.source();
    }
    Interrupt::HostFunction { name: name.to_owned(), source }
}

/// Allocates a block of `length` bytes; its content is whatever was there before.
pub(super) fn alloc(
    memory: Memory,
    mut store: impl AsContextMut<Data = StoreData>,
    length: usize,
) -> Result<Handle, MemoryError> {
    let length = length as u64;
    // At most twice: once the memory has grown by the missing pages, the block fits.
    for _ in 0..2 {
        match kernel::alloc(memory.data_mut(&mut store), length) {
            Alloc::Ok(offset) => return Ok(Handle { offset, length }),
            Alloc::NeedsPages(pages) if memory.grow(&mut store, pages).is_ok() => {}
            Alloc::Null if length == 0 => return Ok(Handle { offset: 0, length: 0 }),
            Alloc::NeedsPages(_) | Alloc::Null => break,
        }
    }
    Err(MemoryError::OutOfMemory { length })
}

/// Allocates a block that holds these bytes.
pub(crate) fn write(
    memory: Memory,
    mut store: impl AsContextMut<Data = StoreData>,
    bytes: &[u8],
) -> Result<Handle, MemoryError> {
    let handle = alloc(memory, &mut store, bytes.len())?;
    if !bytes.is_empty() {
        block_mut(memory.data_mut(&mut store), handle.offset)?.copy_from_slice(bytes);
    }
    Ok(handle)
}

/// Ensures that the next block can have `length` bytes: in a free block, or by growing the memory.
fn reserve(memory: Memory, mut store: impl AsContextMut<Data = StoreData>, length: usize) -> Result<(), MemoryError> {
    let length = length as u64;
    // At most twice: once the memory has grown by the missing pages, there is room.
    for _ in 0..2 {
        match kernel::reserve(memory.data_mut(&mut store), length) {
            Ok(()) => return Ok(()),
            Err(Alloc::NeedsPages(pages)) if memory.grow(&mut store, pages).is_ok() => {}
            Err(_) => break,
        }
    }
    Err(MemoryError::OutOfMemory { length })
}

/// Allocates a block for a value, which is encoded in place.
pub(super) fn put<T: Encode + ?Sized>(
    memory: Memory,
    mut store: impl AsContextMut<Data = StoreData>,
    value: &T,
) -> Result<Handle, MemoryError> {
    let mut needed = value.size_hint();
    for _ in 0..MAX_ATTEMPTS {
        let bytes = memory.data_mut(&mut store);
        let area = kernel::alloc_area(bytes);
        if needed <= area.len() {
            let room = area.len();
            let mut writer = Writer::new(area);
            value.encode(&mut writer)?;
            needed = writer.len();
            if needed <= room {
                return alloc(memory, store, needed);
            }
        }
        reserve(memory, &mut store, needed)?;
    }
    Err(CodecError::growing().into())
}

/// Decodes a value from the block at `offset`.
pub(super) fn get<'m, T: Decode<'m>>(memory: &'m [u8], offset: u64, limits: &Limits) -> Result<T, MemoryError> {
    let bytes = block(memory, offset)?;
    let (length, limit) = (bytes.len() as u64, limits.argument_bytes());
    if length > limit {
        return Err(MemoryError::TooLarge { length, limit });
    }
    Ok(within(limits.max_decoded_bytes, || T::decode(bytes))?)
}

/// Returns the bytes of the block at `offset`; none for the handle 0.
pub(crate) fn block(memory: &[u8], offset: u64) -> Result<&[u8], MemoryError> {
    if offset == 0 {
        return Ok(&[]);
    }
    kernel::block(memory, offset).map_err(|_| MemoryError::InvalidHandle { offset })
}

/// Returns the bytes of the block at `offset`, mutably; none for the handle 0.
pub(super) fn block_mut(memory: &mut [u8], offset: u64) -> Result<&mut [u8], MemoryError> {
    if offset == 0 {
        return Ok(&mut []);
    }
    kernel::block_mut(memory, offset).map_err(|_| MemoryError::InvalidHandle { offset })
}
