//! The kernel's part in a call: the input is written before it, the output and the error are read after it.

use super::KernelError;
use super::alloc::rounded;
use super::block::{length_of, live};
use super::bytes::{set_u32, set_u64, u32_at, u64_at};
use super::layout::{
    AT, BOUNDED, END, ERROR, ERROR_LENGTH, EXHAUSTED, EXTENT, FIRST, HEAP, INPUT_LENGTH, INPUT_LIMIT_U64, INPUT_OFFSET,
    KEY, KEY_STEP, MAX_TOP, OUTPUT_LENGTH, OUTPUT_OFFSET, STATE, STATE_END,
};
use super::room::{carve, clear};

/// Tells the kernel of a new instance that its plug-in has a page limit.
pub(crate) fn set_bounded(mem: &mut [u8]) {
    set_u32(mem, BOUNDED, 1);
}

/// Returns whether an allocation by the guest ended the call because the memory could not grow.
pub(crate) fn is_exhausted(mem: &[u8]) -> bool {
    u32_at(mem, EXHAUSTED) != 0
}

/// A system page of zeroes.
static HOST_PAGE: [u8; 4096] = [0; 4096];

/// How many bytes past their blocks guests are known to write, in words, at most.
const SLACK: usize = 64;

/// Forgets all blocks, the input, the output and the error. The bytes of the heap remain, but no handle is valid any
/// more.
#[inline]
pub(crate) fn reset(mem: &mut [u8]) {
    if let Some(state) = mem.get_mut(STATE as usize..STATE_END as usize) {
        state.fill(0);
    }
    clear(mem);
    let key = u32_at(mem, KEY).wrapping_add(KEY_STEP);
    set_u32(mem, KEY, key);
}

/// Does what [`reset`] does, and overwrites the whole heap with zeroes, as in a new memory: guests write past their blocks
/// too, so nothing less is known to suffice. Pages of zeroes are only read, which takes 20 microseconds per megabyte,
/// and no memory if they took none before.
pub(crate) fn wipe(mem: &mut [u8]) {
    reset(mem);
    let heap = mem.get_mut(HEAP as usize..).unwrap_or_default();
    for page in heap.chunks_mut(HOST_PAGE.len()) {
        if HOST_PAGE.get(..page.len()).is_none_or(|zeroes| zeroes != page) {
            page.fill(0);
        }
    }
}

/// Returns a number that each [`reset`] changes, also those by guests.
pub(crate) fn generation(mem: &[u8]) -> u32 {
    u32_at(mem, KEY)
}

/// Does what [`reset`] does, and overwrites the content of the blocks of the calls since the generation `since` with
/// zeroes. For one call, that takes no longer than the call took to write it; for several calls, whose blocks are no
/// longer known, it does the same as [`wipe`].
///
/// Data that a guest wrote outside of its blocks may remain.
pub(crate) fn wipe_blocks(mem: &mut [u8], since: u32) {
    let calls = generation(mem).wrapping_sub(since);
    if calls == 0 {
        return reset(mem);
    }
    // Blocks are only below a room that is at the heap's end. (But for one that moved back there into a free block which
    // the allocator did not find before: what that block held above the room's new start may remain.)
    if calls != KEY_STEP || u32_at(mem, END) != u32_at(mem, EXTENT) {
        return wipe(mem);
    }
    let used = u32_at(mem, AT) as usize;
    reset(mem);
    let heap = mem.get_mut(HEAP as usize..).unwrap_or_default();
    let used = heap.len().min(used + SLACK);
    heap.get_mut(..used).unwrap_or_default().fill(0);
}

/// Returns where the input of a call is written: all the memory that a first block can have. Writing there overwrites
/// what the last call left. [`commit_input`] turns it into the input.
#[inline]
pub(crate) fn input_area(mem: &mut [u8]) -> &mut [u8] {
    let stop = mem.len().min(MAX_TOP as usize);
    mem.get_mut(FIRST as usize..stop).unwrap_or_default()
}

/// Starts a call: [`reset`]s the kernel, and makes the first `length` bytes of [`input_area`] the input, in a block of
/// its own. An empty input has no block, and offset 0.
#[inline]
pub(crate) fn commit_input(mem: &mut [u8], length: usize) -> Result<(), KernelError> {
    reset(mem);
    if length == 0 {
        return Ok(());
    }
    let length = length as u64;
    let room = input_area(mem).len() as u64;
    let (bytes, size) =
        rounded(length).filter(|(_, size)| u64::from(*size) <= room).ok_or(KernelError::TooLarge { length })?;
    carve(mem, bytes, size);
    set_u64(mem, INPUT_OFFSET, FIRST.into());
    set_u64(mem, INPUT_LENGTH, length);
    set_u64(mem, INPUT_LIMIT_U64, length.saturating_sub(7));
    Ok(())
}

/// Returns the input of the call that was started last.
pub(crate) fn input(mem: &[u8]) -> Result<&[u8], KernelError> {
    let range = bounds(mem, u64_at(mem, INPUT_OFFSET), u64_at(mem, INPUT_LENGTH))?;
    Ok(mem.get(range).unwrap_or_default())
}

/// Returns the range that the guest passed to `output_set`; an empty one if it did not call it.
pub(crate) fn output_range(mem: &[u8]) -> Result<std::ops::Range<usize>, KernelError> {
    bounds(mem, u64_at(mem, OUTPUT_OFFSET), u64_at(mem, OUTPUT_LENGTH))
}

/// Returns whether the guest passed a message to `error_set`.
pub(crate) fn has_error(mem: &[u8]) -> bool {
    u64_at(mem, ERROR) != 0
}

/// Returns the message that the guest passed to `error_set`, if any.
pub(crate) fn error(mem: &[u8]) -> Result<Option<&[u8]>, KernelError> {
    match u64_at(mem, ERROR) {
        0 => Ok(None),
        handle => range(mem, handle, u64_at(mem, ERROR_LENGTH)).map(Some),
    }
}

/// Sets the error of the running call, as the guest's `error_set` does: a block, or 0 for none.
pub(crate) fn set_error(mem: &mut [u8], handle: u64, length: u64) {
    set_u64(mem, ERROR, handle);
    set_u64(mem, ERROR_LENGTH, length);
}

/// Returns a range of the heap, whatever blocks it is in.
pub(crate) fn slice(mem: &[u8], offset: u64, length: u64) -> Result<&[u8], KernelError> {
    range(mem, offset, length)
}

/// Returns a range of the heap for writing, whatever blocks it is in.
pub(crate) fn slice_mut(mem: &mut [u8], offset: u64, length: u64) -> Result<&mut [u8], KernelError> {
    let bounds = bounds(mem, offset, length)?;
    mem.get_mut(bounds).ok_or(KernelError::OutOfBounds { offset, length })
}

/// Returns the result of the guest's `length`: the length of a handle's live block according to its header, or 0.
#[cfg(test)]
pub(crate) fn length(mem: &[u8], handle: u64) -> u64 {
    live(mem, handle).map_or(0, |block| length_of(mem, block).into())
}

/// Returns the bytes of a handle's live block.
pub(crate) fn block(mem: &[u8], handle: u64) -> Result<&[u8], KernelError> {
    let length = block_length(mem, handle)?;
    range(mem, handle, length)
}

/// Returns the bytes of a handle's live block for writing.
pub(crate) fn block_mut(mem: &mut [u8], handle: u64) -> Result<&mut [u8], KernelError> {
    let length = block_length(mem, handle)?;
    slice_mut(mem, handle, length)
}

fn block_length(mem: &[u8], handle: u64) -> Result<u64, KernelError> {
    live(mem, handle).map(|block| length_of(mem, block).into()).ok_or(KernelError::NoBlock { offset: handle })
}

fn range(mem: &[u8], offset: u64, length: u64) -> Result<&[u8], KernelError> {
    let bounds = bounds(mem, offset, length)?;
    mem.get(bounds).ok_or(KernelError::OutOfBounds { offset, length })
}

/// Returns the range in the heap as host integers; an error if it includes the kernel's header or exceeds the memory.
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
