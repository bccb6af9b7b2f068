//! The allocator, as the host uses it: the same steps as `kernel.wat` takes for guests, on the same
//! memory. Segregated lists of free blocks, neighbours joined at once; each call takes a bounded
//! number of steps, whatever the memory holds.

use super::block::{end, fits, free_size, head, joined, link, live, set_previous_size, top, unlink};
use super::bytes::{set_u32, set_u64, u32_at, u64_at};
use super::layout::{
    BLOCK_HEADER, CLASSES, HEAP, INPUT_LENGTH, INPUT_LIMIT_U64, INPUT_OFFSET, KEY, LAST_SIZE, LENGTH, LIMIT, LIMIT_U64,
    MAX_BLOCK, MAX_TOP, MIN_SPLIT, NEXT, PAGE, PREVIOUS_SIZE, SEAL, SIZE, TRIES, USED, class, seal,
};

/// What an allocation came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alloc {
    /// The new block's handle.
    Ok(u64),
    /// Nothing is changed; grow the memory by this many pages of 64 KiB, then ask again.
    NeedsPages(u64),
    /// A length of 0, or one that no memory can hold.
    Null,
}

/// Allocates `length` bytes. Their content is whatever was there.
pub(crate) fn alloc(mem: &mut [u8], length: u64) -> Alloc {
    let Some((length, size)) = rounded(length) else {
        return Alloc::Null;
    };
    let block = match take_free(mem, size) {
        Some(block) => block,
        None => match place_at_top(mem, size) {
            Ok(block) => bump(mem, block, size),
            Err(failure) => return failure,
        },
    };
    seal_block(mem, block, length)
}

/// The bytes after the last block, less the room for a header: what is to become a block can be
/// written there before its length is known. [`commit_alloc`] makes it one; anything allocated in
/// between overwrites it.
pub(crate) fn alloc_area(mem: &mut [u8]) -> &mut [u8] {
    let start = end(top(mem), 0) as usize;
    let stop = mem.len().min(MAX_TOP as usize);
    mem.get_mut(start..stop).unwrap_or_default()
}

/// Makes a block of the first `length` bytes of [`alloc_area`]. They stay in place, or move into a
/// freed block if there is one, so that a loop of these does not use up the memory.
pub(crate) fn commit_alloc(mem: &mut [u8], length: u64) -> Alloc {
    let Some((bytes, size)) = rounded(length) else {
        return Alloc::Null;
    };
    let place = match place_at_top(mem, size) {
        Ok(place) => place,
        Err(failure) => return failure,
    };
    let block = match take_free(mem, size) {
        Some(block) => {
            move_payload(mem, place, block, bytes);
            block
        }
        None => bump(mem, place, size),
    };
    seal_block(mem, block, bytes)
}

/// Copies what was written at the top into a block below it.
fn move_payload(mem: &mut [u8], from: u32, to: u32, length: u32) {
    let (to, from) = (end(to, 0) as usize, end(from, 0) as usize);
    if let Some((below, above)) = mem.split_at_mut_checked(from)
        && let Some(target) = below.get_mut(to..to + length as usize)
        && let Some(source) = above.get(..length as usize)
    {
        target.copy_from_slice(source);
    }
}

/// Pages of 64 KiB that the memory lacks for a block of `length` bytes at its top: what to grow it
/// by before [`alloc_area`] when the length is known. `None` if no memory can hold it.
pub(crate) fn pages_for(mem: &[u8], length: u64) -> Option<u64> {
    let (_, size) = rounded(length.max(1))?;
    match place_at_top(mem, size) {
        Ok(_) => Some(0),
        Err(Alloc::NeedsPages(pages)) => Some(pages),
        Err(_) => None,
    }
}

/// Frees the block of a handle; nothing happens when there is none.
pub(crate) fn free(mem: &mut [u8], handle: u64) {
    let Some(mut block) = live(mem, handle) else {
        return;
    };
    if handle == u64_at(mem, INPUT_OFFSET) {
        set_u64(mem, INPUT_LENGTH, 0);
        set_u64(mem, INPUT_LIMIT_U64, 0);
    }
    set_u32(mem, block + SEAL, 0);
    let mut size = u32_at(mem, block + SIZE);
    if !fits(mem, block, size) {
        return;
    }
    let next = end(block, size);
    if let Some(other) = free_size(mem, next)
        && unlink(mem, next, other)
    {
        size = joined(size, other);
    }
    let other = u32_at(mem, block + PREVIOUS_SIZE);
    let previous = block.wrapping_sub(other.wrapping_add(BLOCK_HEADER));
    if other != 0 && previous < block && free_size(mem, previous) == Some(other) && unlink(mem, previous, other) {
        block = previous;
        size = joined(size, other);
    }
    release(mem, block, size);
}

/// Gives the heap's last block back to the free end, and any other one to its list.
fn release(mem: &mut [u8], block: u32, size: u32) {
    if end(block, size) == top(mem) {
        let previous = u32_at(mem, block + PREVIOUS_SIZE);
        set_u32(mem, block + SEAL, 0);
        set_u32(mem, USED, block.wrapping_sub(HEAP));
        set_u32(mem, LAST_SIZE, previous);
    } else {
        set_previous_size(mem, end(block, size), size);
        link(mem, block, size);
    }
}

/// The length, and the payload size of its block: the next multiple of 16. `None` for 0, and for what no
/// memory can hold.
pub(super) fn rounded(length: u64) -> Option<(u32, u32)> {
    let length = u32::try_from(length).ok()?;
    (1..=MAX_BLOCK).contains(&length).then(|| (length, length.next_multiple_of(16)))
}

/// Marks a block as live.
fn seal_block(mem: &mut [u8], block: u32, length: u32) -> Alloc {
    set_u32(mem, block + LENGTH, length);
    let word = seal(u32_at(mem, KEY), block);
    set_u32(mem, block + SEAL, word);
    Alloc::Ok(u64::from(block) + u64::from(BLOCK_HEADER))
}

/// A free block of at least `size` bytes, out of its class, split if much is left.
fn take_free(mem: &mut [u8], size: u32) -> Option<u32> {
    let block = find_free(mem, size)?;
    let found = free_size(mem, block)?;
    if !unlink(mem, block, found) {
        return None;
    }
    let rest = found.checked_sub(size)?;
    if rest < MIN_SPLIT {
        set_u32(mem, block + SIZE, found);
        return Some(block);
    }
    let other = end(block, size);
    let rest = rest - BLOCK_HEADER;
    link(mem, other, rest);
    set_u32(mem, other + PREVIOUS_SIZE, size);
    set_previous_size(mem, end(block, found), rest);
    set_u32(mem, block + SIZE, size);
    Some(block)
}

/// A free block of at least `size` bytes, if one is at hand: looks at the first few of its own class,
/// then at the next larger class that has any.
fn find_free(mem: &[u8], size: u32) -> Option<u32> {
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

/// Where a block of `size` bytes goes when no free one can hold it, or why it cannot.
fn place_at_top(mem: &[u8], size: u32) -> Result<u32, Alloc> {
    let block = top(mem);
    let end = u64::from(block) + u64::from(BLOCK_HEADER) + u64::from(size);
    if end > u64::from(MAX_TOP) {
        return Err(Alloc::Null);
    }
    match end.saturating_sub(mem.len() as u64) {
        0 => Ok(block),
        missing => Err(Alloc::NeedsPages(missing.div_ceil(PAGE))),
    }
}

/// Makes a live block in an empty heap that has room for it.
pub(super) fn place_first(mem: &mut [u8], length: u32, size: u32) {
    set_u32(mem, HEAP + SIZE, size);
    set_u32(mem, HEAP + PREVIOUS_SIZE, 0);
    set_u32(mem, LAST_SIZE, size);
    set_u32(mem, USED, size + BLOCK_HEADER);
    seal_block(mem, HEAP, length);
}

/// Extends the heap by a block at its top.
fn bump(mem: &mut [u8], block: u32, size: u32) -> u32 {
    let last = u32_at(mem, LAST_SIZE);
    set_u32(mem, block + SIZE, size);
    set_u32(mem, block + PREVIOUS_SIZE, last);
    set_u32(mem, LAST_SIZE, size);
    let used = end(block, size).wrapping_sub(HEAP);
    set_u32(mem, USED, used);
    set_limit(mem);
    block
}

/// Lets guests access all of the heap that the memory has room for.
pub(super) fn set_limit(mem: &mut [u8]) {
    let limit = (mem.len() as u64).saturating_sub(HEAP.into());
    set_u64(mem, LIMIT, limit);
    set_u64(mem, LIMIT_U64, limit.saturating_sub(7));
}
