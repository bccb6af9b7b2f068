//! The blocks of the heap, and the lists of free ones. `block` is the address of a block's header.
//!
//! `kernel.wat` has a function of the same name for each of these. Guests can overwrite block headers,
//! so an address or a size that comes from one is checked before it is used.

use super::bytes::{set_u32, set_u64, u32_at, u64_at};
use super::layout::{
    AT, BACK, BEFORE, BLOCK_HEADER, CLASSES, END, EXTENT, FIRST, FREE, HEADS, HEAP, KEY, LAST, NEXT, PREVIOUS, SEAL,
    SIZE, SLACK, TAILS, TRIES, class, seal,
};

/// Returns where the next block goes.
#[inline]
pub(super) fn room_start(mem: &[u8]) -> u32 {
    HEAP.wrapping_add(u32_at(mem, AT))
}

/// Returns where the heap ends.
#[inline]
pub(super) fn heap_end(mem: &[u8]) -> u32 {
    HEAP.wrapping_add(u32_at(mem, EXTENT))
}

/// Returns where a block of this size ends.
#[inline]
pub(super) fn end(block: u32, size: u32) -> u32 {
    block.wrapping_add(BLOCK_HEADER).wrapping_add(size)
}

/// Returns the size of two neighbours joined into one block.
#[inline]
fn joined(size: u32, other: u32) -> u32 {
    size.wrapping_add(BLOCK_HEADER).wrapping_add(other)
}

/// Returns the live block of a handle.
#[inline]
pub(super) fn live(mem: &[u8], handle: u64) -> Option<u32> {
    let block = u32::try_from(handle.checked_sub(FIRST.into())?).ok()?.checked_add(HEAP)?;
    if !is_place(mem, block) || u32_at(mem, block + SIZE) & FREE != 0 {
        return None;
    }
    let word = u32_at(mem, block + SEAL) & !SLACK;
    (word == seal(u32_at(mem, KEY), block)).then_some(block)
}

/// Returns the requested length of a live block.
#[inline]
pub(super) fn length_of(mem: &[u8], block: u32) -> u32 {
    u32_at(mem, block + SIZE).wrapping_sub(u32_at(mem, block + SEAL) & SLACK)
}

/// Returns whether a header may be at this address: a multiple of 2 within the heap.
#[inline]
pub(super) fn is_place(mem: &[u8], block: u32) -> bool {
    let end = u64::from(block.wrapping_sub(HEAP)) + u64::from(BLOCK_HEADER);
    block.is_multiple_of(2) && end <= u64::from(u32_at(mem, EXTENT))
}

/// Returns whether a block at this address can have this size.
#[inline]
pub(super) fn fits(mem: &[u8], block: u32, size: u32) -> bool {
    let most = heap_end(mem).wrapping_sub(end(block, 0));
    size.is_multiple_of(2) && size.wrapping_sub(1) < most
}

/// Returns the size of the free block at this address.
#[inline]
pub(super) fn free_size(mem: &[u8], block: u32) -> Option<u32> {
    if !is_place(mem, block) {
        return None;
    }
    let size = u32_at(mem, block + SIZE).wrapping_sub(FREE);
    fits(mem, block, size).then_some(size)
}

/// Joins a block with its free neighbours, and makes the result the last of its class. The room is not joined: freed
/// memory waits until the room is used up.
pub(super) fn release(mem: &mut [u8], mut block: u32, mut size: u32) {
    let next = end(block, size);
    if !is_room(mem, next)
        && let Some(other) = free_size(mem, next)
        && unlink(mem, next, other)
    {
        size = joined(size, other);
    }
    let other = u32_at(mem, block + PREVIOUS);
    let previous = block.wrapping_sub(end(other, 0));
    if other != 0 && previous < block && free_size(mem, previous) == Some(other) && unlink(mem, previous, other) {
        block = previous;
        size = joined(size, other);
    }
    set_previous(mem, end(block, size), size);
    link(mem, block, size);
}

/// Returns whether the room starts at this address.
#[inline]
fn is_room(mem: &[u8], at: u32) -> bool {
    at == room_start(mem) && u32_at(mem, AT) < u32_at(mem, END)
}

/// Records the size of the free block that ends at `end`; 0 if none does.
#[inline]
pub(super) fn set_previous(mem: &mut [u8], end: u32, size: u32) {
    if is_room(mem, end) {
        set_u32(mem, BEFORE, size);
    } else if end == heap_end(mem) {
        set_u32(mem, LAST, size);
    } else if is_place(mem, end) {
        set_u32(mem, end + PREVIOUS, size);
    }
}

/// Returns the first free block of a class; 0 if there is none.
#[inline]
fn head(mem: &[u8], class: u32) -> u32 {
    if u64_at(mem, CLASSES) & (1 << class) == 0 {
        return 0;
    }
    u32_at(mem, HEADS + 4 * class)
}

/// Makes a block free, as the last of its class.
fn link(mem: &mut [u8], block: u32, size: u32) {
    let class = class(size);
    let classes = u64_at(mem, CLASSES);
    let mut back = 0;
    if classes & (1 << class) == 0 {
        set_u64(mem, CLASSES, classes | 1 << class);
        set_u32(mem, HEADS + 4 * class, block);
    } else {
        back = u32_at(mem, TAILS + 4 * class);
        set_u32(mem, back.wrapping_add(NEXT), block);
    }
    set_u32(mem, TAILS + 4 * class, block);
    set_u32(mem, block + SIZE, size | FREE);
    set_u32(mem, block + NEXT, 0);
    set_u32(mem, block + BACK, back);
}

/// Removes a block from its class; does nothing and returns false if its neighbours in the list do not confirm it.
pub(super) fn unlink(mem: &mut [u8], block: u32, size: u32) -> bool {
    let class = class(size);
    let next = u32_at(mem, block + NEXT);
    let back = u32_at(mem, block + BACK);
    let next_agrees = match next {
        0 => head(mem, class) != 0 && u32_at(mem, TAILS + 4 * class) == block,
        next => is_place(mem, next) && u32_at(mem, next + BACK) == block,
    };
    let back_agrees = match back {
        0 => head(mem, class) == block,
        back => is_place(mem, back) && u32_at(mem, back + NEXT) == block,
    };
    if !(next_agrees && back_agrees) {
        return false;
    }
    if next == 0 && back == 0 {
        set_u64(mem, CLASSES, u64_at(mem, CLASSES) & !(1 << class));
        return true;
    }
    let (after, before) = (next.wrapping_add(BACK), back.wrapping_add(NEXT));
    set_u32(mem, if next == 0 { TAILS + 4 * class } else { after }, back);
    set_u32(mem, if back == 0 { HEADS + 4 * class } else { before }, next);
    true
}

/// Returns a free block of at least `size` bytes, if one is found quickly: looks at the first few of its own class,
/// then at the next larger class that has any.
pub(super) fn find_free(mem: &[u8], size: u32) -> Option<u32> {
    let own = class(size);
    let classes = u64_at(mem, CLASSES) & (u64::MAX << own);
    if classes == 0 {
        return None;
    }
    let mut block = head(mem, own);
    for _ in 0..TRIES {
        match free_size(mem, block) {
            Some(found) if found >= size => return Some(block),
            Some(_) => block = u32_at(mem, block + NEXT),
            None => break,
        }
    }
    let larger = classes & (u64::MAX << 1 << own);
    if larger == 0 {
        return None;
    }
    let block = head(mem, larger.trailing_zeros());
    (free_size(mem, block)? >= size).then_some(block)
}
