//! The allocator as the host uses it: it takes the same steps as `kernel.wat` takes for guests, on the same
//! memory. Each call takes a bounded number of steps, whatever the memory contains.

use super::block::{end, fits, live, release};
use super::bytes::{set_u32, set_u64, u32_at, u64_at};
use super::layout::{BLOCK_HEADER, END, HEAP, INPUT_LENGTH, INPUT_LIMIT_U64, INPUT_OFFSET, MAX_BLOCK, SEAL, SIZE};
use super::room::{Alloc, carve, make_room};

/// Allocates `length` bytes. Their content is whatever was there before.
pub(crate) fn alloc(mem: &mut [u8], length: u64) -> Alloc {
    let Some((length, size)) = rounded(length) else {
        return Alloc::Null;
    };
    match make_room(mem, size) {
        Ok(()) => Alloc::Ok(u64::from(carve(mem, length, size)) + u64::from(BLOCK_HEADER)),
        Err(failure) => failure,
    }
}

/// Returns the bytes that the next block can have, so that its content can be written before its length is known.
/// Calling [`alloc`] with a length that fits turns the area into that block; any other allocation in between overwrites
/// it.
pub(crate) fn alloc_area(mem: &mut [u8]) -> &mut [u8] {
    let start = end(super::block::room_start(mem), 0) as usize;
    let stop = HEAP.wrapping_add(u32_at(mem, END)) as usize;
    mem.get_mut(start..stop).unwrap_or_default()
}

/// Ensures that [`alloc_area`] has at least `length` bytes; otherwise returns how [`alloc`] would fail.
pub(crate) fn reserve(mem: &mut [u8], length: u64) -> Result<(), Alloc> {
    let (_, size) = rounded(length.max(1)).ok_or(Alloc::Null)?;
    make_room(mem, size)
}

/// Frees the block of a handle; ignores invalid handles. Its bytes remain until the memory is reused.
pub(crate) fn free(mem: &mut [u8], handle: u64) {
    let Some(block) = live(mem, handle) else {
        return;
    };
    if handle == u64_at(mem, INPUT_OFFSET) {
        set_u64(mem, INPUT_LENGTH, 0);
        set_u64(mem, INPUT_LIMIT_U64, 0);
    }
    set_u32(mem, block + SEAL, 0);
    let size = u32_at(mem, block + SIZE);
    if fits(mem, block, size) {
        release(mem, block, size);
    }
}

/// Returns the length and the payload size of its block: the length rounded up to a multiple of 2. `None` for 0, and
/// for lengths that no memory can hold.
#[inline]
pub(super) fn rounded(length: u64) -> Option<(u32, u32)> {
    let length = u32::try_from(length).ok()?;
    (1..=MAX_BLOCK).contains(&length).then(|| (length, length.next_multiple_of(2)))
}
