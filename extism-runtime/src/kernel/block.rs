//! The blocks of the heap, and the lists of free ones. `block` is where a block's header starts.
//!
//! `kernel.wat` has a function of the same name for each of these. Guests can overwrite block headers,
//! so an address or a size that comes from one is checked before it is used.

use super::bytes::{set_u32, set_u64, u32_at, u64_at};
use super::layout::{
    BACK, BLOCK_HEADER, CLASSES, FIRST, FREE, HEADS, HEAP, KEY, LAST_SIZE, NEXT, PREVIOUS_SIZE, SEAL, SIZE, USED,
    class, seal,
};

/// Where the heap's blocks end.
#[inline]
pub(super) fn top(mem: &[u8]) -> u32 {
    HEAP.wrapping_add(u32_at(mem, USED))
}

/// Where a block of this size ends.
#[inline]
pub(super) fn end(block: u32, size: u32) -> u32 {
    block.wrapping_add(BLOCK_HEADER).wrapping_add(size)
}

/// The size of two neighbours made one.
#[inline]
pub(super) fn joined(size: u32, other: u32) -> u32 {
    size.wrapping_add(BLOCK_HEADER).wrapping_add(other)
}

/// The live block of a handle.
#[inline]
pub(super) fn live(mem: &[u8], handle: u64) -> Option<u32> {
    let within = handle.wrapping_sub(u64::from(FIRST)) < u64::from(u32_at(mem, USED));
    let block = u32::try_from(handle).ok()?.wrapping_sub(BLOCK_HEADER);
    let sealed = u32_at(mem, block.wrapping_add(SEAL)) == seal(u32_at(mem, KEY), block);
    (within && block.is_multiple_of(16) && sealed).then_some(block)
}

/// Whether a header may be at this address: a multiple of 16 within the heap.
#[inline]
pub(super) fn is_place(mem: &[u8], block: u32) -> bool {
    block.is_multiple_of(16) && block.wrapping_sub(HEAP) < u32_at(mem, USED)
}

/// Whether `size` is one that a block at this place can have.
#[inline]
pub(super) fn fits(mem: &[u8], block: u32, size: u32) -> bool {
    let room = top(mem).wrapping_sub(block).wrapping_sub(BLOCK_HEADER);
    size.is_multiple_of(16) && size.wrapping_sub(1) < room
}

/// The size of the free block at this address.
#[inline]
pub(super) fn free_size(mem: &[u8], block: u32) -> Option<u32> {
    let size = u32_at(mem, block.wrapping_add(SIZE)).wrapping_sub(FREE);
    (is_place(mem, block) && fits(mem, block, size)).then_some(size)
}

/// The first free block of a class; 0 when there is none.
#[inline]
pub(super) fn head(mem: &[u8], class: u32) -> u32 {
    if u64_at(mem, CLASSES) & (1 << class) == 0 {
        return 0;
    }
    u32_at(mem, HEADS + 4 * class)
}

#[inline]
fn set_head(mem: &mut [u8], class: u32, block: u32) {
    let classes = u64_at(mem, CLASSES);
    let bit = 1 << class;
    set_u32(mem, HEADS + 4 * class, block);
    let classes = if block == 0 { classes & !bit } else { classes | bit };
    set_u64(mem, CLASSES, classes);
}

/// Makes a block free and the first of its class.
#[inline]
pub(super) fn link(mem: &mut [u8], block: u32, size: u32) {
    let class = class(size);
    let mut next = head(mem, class);
    if is_place(mem, next) {
        set_u32(mem, next + BACK, block);
    } else {
        next = 0;
    }
    set_u32(mem, block + SIZE, size | FREE);
    set_u32(mem, block + NEXT, next);
    set_u32(mem, block + BACK, 0);
    set_head(mem, class, block);
}

/// Takes a block out of its class; false, and nothing done, when its neighbours there do not
/// confirm it.
#[inline]
pub(super) fn unlink(mem: &mut [u8], block: u32, size: u32) -> bool {
    let class = class(size);
    let next = u32_at(mem, block + NEXT);
    let back = u32_at(mem, block + BACK);
    if next != 0 && !(is_place(mem, next) && u32_at(mem, next + BACK) == block) {
        return false;
    }
    if back == 0 {
        if head(mem, class) != block {
            return false;
        }
        set_head(mem, class, next);
    } else {
        if !(is_place(mem, back) && u32_at(mem, back + NEXT) == block) {
            return false;
        }
        set_u32(mem, back + NEXT, next);
    }
    if next != 0 {
        set_u32(mem, next + BACK, back);
    }
    true
}

/// Notes the size of the block that ends at `end`.
#[inline]
pub(super) fn set_previous_size(mem: &mut [u8], end: u32, size: u32) {
    if end == top(mem) {
        set_u32(mem, LAST_SIZE, size);
    } else {
        set_u32(mem, end.wrapping_add(PREVIOUS_SIZE), size);
    }
}
