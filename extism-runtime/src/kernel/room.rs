//! The room: the part of the heap that new blocks are cut off.
//!
//! `kernel.wat` has a function of the same name for each of these functions that guests need.

use super::block::{end, find_free, free_size, heap_end, release, room_start, set_previous, unlink};
use super::bytes::{set_u32, set_u64, u32_at};
use super::layout::{
    AT, BEFORE, BLOCK_HEADER, END, EXTENT, HEAP, KEY, LARGE, LAST, LIMIT, LIMIT_U64, MAX_TOP, MIN_ROOM, PAGE, PREVIOUS,
    SEAL, SIZE, aligned, seal,
};

/// The outcome of an allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alloc {
    /// The new block's handle.
    Ok(u64),
    /// The memory must grow by this many pages of 64 KiB; then try again.
    NeedsPages(u64),
    /// The length is 0, or more than any memory can hold.
    Null,
}

/// Ensures that a block of `size` bytes can be cut off: the room is large enough, or a free block becomes the room, or
/// the memory has grown since the heap's end was recorded. Otherwise returns by how much the memory must grow, or that
/// no memory can hold the block; the room is then at the heap's end.
pub(super) fn make_room(mem: &mut [u8], size: u32) -> Result<(), Alloc> {
    if is_enough(mem, size) {
        return Ok(());
    }
    follow_growth(mem);
    if is_enough(mem, size) || take_free(mem, size) {
        return Ok(());
    }
    move_to_end(mem);
    follow_growth(mem);
    if is_enough(mem, size) {
        return Ok(());
    }
    let needed = u64::from(end(room_start(mem), 0)) + u64::from(size);
    if needed > u64::from(MAX_TOP) {
        return Err(Alloc::Null);
    }
    let missing = needed.saturating_sub(mem.len() as u64);
    Err(Alloc::NeedsPages(missing.div_ceil(PAGE).max(1)))
}

/// Cuts a live block of `length` bytes, or `size` with the padding, off the room, which must be large enough.
#[inline]
pub(super) fn carve(mem: &mut [u8], length: u32, size: u32) -> u32 {
    let block = room_start(mem);
    let left = u32_at(mem, END).wrapping_sub(u32_at(mem, AT)).wrapping_sub(end(size, 0));
    let size = if left < MIN_ROOM { size.wrapping_add(left) } else { aligned_within(size, left) };
    set_u32(mem, AT, end(block, size).wrapping_sub(HEAP));
    let previous = u32_at(mem, BEFORE);
    set_u32(mem, BEFORE, 0);
    set_u32(mem, block + SIZE, size);
    set_u32(mem, block + PREVIOUS, previous);
    let word = seal(u32_at(mem, KEY), block) | size.wrapping_sub(length);
    set_u32(mem, block + SEAL, word);
    block
}

/// Returns the size of a block that is this large at least, where the room has so much left.
fn aligned_within(size: u32, left: u32) -> u32 {
    let aligned = aligned(size);
    let rest = left.wrapping_sub(aligned.wrapping_sub(size));
    if size >= LARGE && (rest == 0 || rest >= MIN_ROOM) { aligned } else { size }
}

/// Makes the whole memory the room, with no block in it.
#[inline]
pub(super) fn clear(mem: &mut [u8]) {
    let extent = extent(mem);
    set_u32(mem, AT, 0);
    set_u32(mem, END, extent);
    set_u32(mem, EXTENT, extent);
    set_limit(mem);
}

/// Returns whether the room can hold a block of `size` bytes.
#[inline]
fn is_enough(mem: &[u8], size: u32) -> bool {
    let room = u32_at(mem, END).wrapping_sub(u32_at(mem, AT));
    u64::from(room) >= u64::from(size) + u64::from(BLOCK_HEADER)
}

/// Extends a room at the heap's end by what the memory has grown.
fn follow_growth(mem: &mut [u8]) {
    let extent = extent(mem);
    if u32_at(mem, END) == u32_at(mem, EXTENT) && extent > u32_at(mem, EXTENT) {
        reclaim_last(mem);
        set_u32(mem, END, extent);
        set_u32(mem, EXTENT, extent);
        set_limit(mem);
    }
}

/// Makes a free block of at least `size` bytes the room, if there is one.
fn take_free(mem: &mut [u8], size: u32) -> bool {
    let Some(block) = find_free(mem, size) else {
        return false;
    };
    let Some(found) = free_size(mem, block) else {
        return false;
    };
    if !unlink(mem, block, found) {
        return false;
    }
    // No longer free, so that the rest of the old room is not joined with it.
    set_u32(mem, block + SIZE, found);
    set_u32(mem, block + PREVIOUS, 0);
    close(mem);
    set_previous(mem, end(block, found), 0);
    let before = u32_at(mem, block + PREVIOUS);
    set_u32(mem, BEFORE, before);
    set_u32(mem, AT, block.wrapping_sub(HEAP));
    set_u32(mem, END, end(block, found).wrapping_sub(HEAP));
    true
}

/// Frees the rest of the room; afterwards there is no room.
fn close(mem: &mut [u8]) {
    let (at, stop, previous) = (u32_at(mem, AT), u32_at(mem, END), u32_at(mem, BEFORE));
    for field in [AT, END, BEFORE] {
        set_u32(mem, field, 0);
    }
    if at < stop {
        let block = HEAP.wrapping_add(at);
        set_u32(mem, block.wrapping_add(PREVIOUS), previous);
        release(mem, block, stop.wrapping_sub(end(at, 0)));
    }
}

/// Moves the room to the heap's end, where memory growth can extend it.
fn move_to_end(mem: &mut [u8]) {
    let extent = u32_at(mem, EXTENT);
    if u32_at(mem, END) != extent {
        close(mem);
        set_u32(mem, AT, extent);
        set_u32(mem, END, extent);
    }
    reclaim_last(mem);
}

/// If the room is empty and at the heap's end, and the block before it is free, makes that block the room.
fn reclaim_last(mem: &mut [u8]) {
    let last = u32_at(mem, LAST);
    if last == 0 || u32_at(mem, AT) != u32_at(mem, END) {
        return;
    }
    set_u32(mem, LAST, 0);
    let block = heap_end(mem).wrapping_sub(end(last, 0));
    if free_size(mem, block) == Some(last) && unlink(mem, block, last) {
        set_u32(mem, AT, block.wrapping_sub(HEAP));
    }
}

/// Returns the size of the heap in bytes, as far as it fits into the memory.
#[inline]
fn extent(mem: &[u8]) -> u32 {
    let end = mem.len().min(MAX_TOP as usize);
    u32::try_from(end).unwrap_or(MAX_TOP).saturating_sub(HEAP)
}

/// Lets guests access as much of the heap as fits into the memory.
fn set_limit(mem: &mut [u8]) {
    let limit = (mem.len() as u64).saturating_sub(HEAP.into());
    set_u64(mem, LIMIT, limit);
    set_u64(mem, LIMIT_U64, limit.saturating_sub(7));
}
