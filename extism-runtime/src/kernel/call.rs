//! What a call needs of the kernel: the input goes in before it, the output and the error come out
//! after it.

use super::alloc::{alloc_area, commit_alloc, set_limit};
use super::block::live;
use super::bytes::{set_u32, set_u64, u32_at, u64_at};
use super::layout::{
    ERROR, ERROR_LENGTH, HEAP, INPUT_LENGTH, INPUT_LIMIT_U64, INPUT_OFFSET, KEY, KEY_STEP, LENGTH, MAX_BLOCK,
    OUTPUT_LENGTH, OUTPUT_OFFSET, STATE, STATE_END,
};
use super::{Alloc, KernelError};

/// Forgets all blocks, the input, the output and the error. The bytes of the heap stay what they are;
/// no handle is valid any more.
pub(crate) fn reset(mem: &mut [u8]) {
    if let Some(state) = mem.get_mut(STATE as usize..STATE_END as usize) {
        state.fill(0);
    }
    set_limit(mem);
    let key = u32_at(mem, KEY).wrapping_add(KEY_STEP);
    set_u32(mem, KEY, key);
}

/// Where the input of a call is written, right after a [`reset`]: all of the memory that a first block
/// can have. [`commit_input`] makes it the input.
pub(crate) fn input_area(mem: &mut [u8]) -> &mut [u8] {
    alloc_area(mem)
}

/// Makes the first `length` bytes of [`input_area`] the input. An input of 0 bytes has offset 0.
pub(crate) fn commit_input(mem: &mut [u8], length: usize) -> Result<(), KernelError> {
    let length = length as u64;
    let handle = match commit_alloc(mem, length) {
        Alloc::Ok(handle) => handle,
        Alloc::Null if length == 0 => 0,
        Alloc::Null | Alloc::NeedsPages(_) => return Err(KernelError::TooLarge { length }),
    };
    set_u64(mem, INPUT_OFFSET, handle);
    set_u64(mem, INPUT_LENGTH, length);
    set_u64(mem, INPUT_LIMIT_U64, length.saturating_sub(7));
    Ok(())
}

/// Begins a call: [`reset`], then `input` becomes the input. `Ok` holds the pages of 64 KiB by which
/// to grow the memory and call this again, 0 when all is done.
pub(crate) fn begin_call(mem: &mut [u8], input: &[u8]) -> Result<u64, KernelError> {
    reset(mem);
    let length = input.len() as u64;
    if length > u64::from(MAX_BLOCK) {
        return Err(KernelError::TooLarge { length });
    }
    match input_area(mem).get_mut(..input.len()) {
        Some(area) => area.copy_from_slice(input),
        None => return Ok(super::pages_for(mem, length).unwrap_or(0).max(1)),
    }
    commit_input(mem, input.len())?;
    Ok(0)
}

/// What the guest gave to `output_set`; empty when it gave nothing.
pub(crate) fn output(mem: &[u8]) -> Result<&[u8], KernelError> {
    range(mem, u64_at(mem, OUTPUT_OFFSET), u64_at(mem, OUTPUT_LENGTH))
}

/// Where [`output`] is.
pub(crate) fn output_range(mem: &[u8]) -> Result<std::ops::Range<usize>, KernelError> {
    bounds(mem, u64_at(mem, OUTPUT_OFFSET), u64_at(mem, OUTPUT_LENGTH))
}

/// Whether the guest gave a message to `error_set`.
pub(crate) fn has_error(mem: &[u8]) -> bool {
    u64_at(mem, ERROR) != 0
}

/// The message that the guest gave to `error_set`, if it gave one.
pub(crate) fn error(mem: &[u8]) -> Result<Option<&[u8]>, KernelError> {
    match u64_at(mem, ERROR) {
        0 => Ok(None),
        handle => range(mem, handle, u64_at(mem, ERROR_LENGTH)).map(Some),
    }
}

/// The length of a handle's live block, as it was asked for; 0 for anything else.
pub(crate) fn length(mem: &[u8], handle: u64) -> u64 {
    live(mem, handle).map_or(0, |block| u32_at(mem, block + LENGTH).into())
}

/// The bytes of a handle's live block.
pub(crate) fn block(mem: &[u8], handle: u64) -> Result<&[u8], KernelError> {
    let length = block_length(mem, handle)?;
    range(mem, handle, length)
}

/// The bytes of a handle's live block, to be written.
pub(crate) fn block_mut(mem: &mut [u8], handle: u64) -> Result<&mut [u8], KernelError> {
    let length = block_length(mem, handle)?;
    let bounds = bounds(mem, handle, length)?;
    mem.get_mut(bounds).ok_or(KernelError::OutOfBounds { offset: handle, length })
}

fn block_length(mem: &[u8], handle: u64) -> Result<u64, KernelError> {
    live(mem, handle).map(|block| u32_at(mem, block + LENGTH).into()).ok_or(KernelError::NoBlock { offset: handle })
}

fn range(mem: &[u8], offset: u64, length: u64) -> Result<&[u8], KernelError> {
    let bounds = bounds(mem, offset, length)?;
    mem.get(bounds).ok_or(KernelError::OutOfBounds { offset, length })
}

/// The range in the heap as host integers; nothing of the header, nothing past the memory's end.
fn bounds(mem: &[u8], offset: u64, length: u64) -> Result<std::ops::Range<usize>, KernelError> {
    let failure = KernelError::OutOfBounds { offset, length };
    if length == 0 {
        return Ok(0..0);
    }
    let stop = offset.checked_add(length).ok_or(failure.clone())?;
    if offset < u64::from(HEAP) || stop > mem.len() as u64 {
        return Err(failure);
    }
    match (usize::try_from(offset), usize::try_from(stop)) {
        (Ok(start), Ok(stop)) => Ok(start..stop),
        _ => Err(failure),
    }
}
