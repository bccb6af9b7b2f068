//! Checks a whole heap for contradictions.

use crate::kernel::layout::{
    AT, BACK, BEFORE, BLOCK_HEADER, CLASS_COUNT, CLASSES, END, EXTENT, FREE, HEADS, HEAP, KEY, LAST, LIMIT, LIMIT_U64,
    MIN_ROOM, NEXT, PREVIOUS, SEAL, SIZE, SLACK, TAILS, class, seal,
};

fn u32_at(memory: &[u8], at: u32) -> u32 {
    u32::from_le_bytes(memory[at as usize..][..4].try_into().unwrap())
}

fn u64_at(memory: &[u8], at: u32) -> u64 {
    u64::from_le_bytes(memory[at as usize..][..8].try_into().unwrap())
}

/// A block as described by its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) handle: u64,
    pub(crate) size: u64,
    /// `None` for a free block.
    pub(crate) length: Option<u64>,
}

/// Returns all blocks by address. Panics if the header, the blocks, the room and the lists of free blocks disagree.
pub(crate) fn blocks(memory: &[u8]) -> Vec<Found> {
    let [room, room_end, end] = [AT, END, EXTENT].map(|field| HEAP + u32_at(memory, field));
    assert!(room == room_end || room + MIN_ROOM <= room_end, "the room is from {room} to {room_end}");
    let mut found = Vec::new();
    let (mut at, mut previous) = (HEAP, 0);
    while at < end {
        if at == room && room < room_end {
            assert_eq!(u32_at(memory, BEFORE), previous, "the free block before the room");
            (at, previous) = (room_end, 0);
            continue;
        }
        let (block, free) = found_at(memory, at, previous);
        found.push(block);
        let size = u32::try_from(block.size).unwrap();
        (at, previous) = (at + BLOCK_HEADER + size, if free { size } else { 0 });
    }
    assert_eq!(at, end, "the heap's end");
    if room_end != end || room == end {
        assert_eq!(u32_at(memory, LAST), previous, "the free block at the heap's end");
    }
    check_lists(memory, &found);
    let limit = u64_at(memory, LIMIT);
    assert!(limit == 0 || limit == memory.len() as u64 - u64::from(HEAP), "limit {limit}");
    assert_eq!(u64_at(memory, LIMIT_U64), limit.saturating_sub(7));
    found
}

/// Returns the block at an address and whether it is free; `previous` is the size of the free block before it, or 0.
fn found_at(memory: &[u8], at: u32, previous: u32) -> (Found, bool) {
    let word = u32_at(memory, at + SIZE);
    let (size, free) = (word & !FREE, word & FREE != 0);
    assert!(size > 0 && size.is_multiple_of(2), "size {size} at {at}");
    assert!(!(free && previous != 0), "two free neighbours at {at}");
    assert!(free || u32_at(memory, at + PREVIOUS) == previous, "previous size at {at}");
    let mark = u32_at(memory, at + SEAL);
    assert!(free || mark & !SLACK == seal(u32_at(memory, KEY), at), "seal at {at}");
    let length = (!free).then(|| u64::from(size - (mark & SLACK)));
    (Found { handle: u64::from(at + BLOCK_HEADER), size: size.into(), length }, free)
}

fn check_lists(memory: &[u8], found: &[Found]) {
    let mut listed = Vec::new();
    for list in 0..CLASS_COUNT {
        let mut back = 0;
        let mut at = if u64_at(memory, CLASSES) & (1 << list) == 0 { 0 } else { u32_at(memory, HEADS + 4 * list) };
        assert_eq!(at != 0, u64_at(memory, CLASSES) & (1 << list) != 0, "class {list}");
        while at != 0 {
            assert_eq!(u32_at(memory, at + BACK), back, "back at {at}");
            assert_eq!(class(u32_at(memory, at + SIZE) & !FREE), list, "class at {at}");
            listed.push(u64::from(at + BLOCK_HEADER));
            (back, at) = (at, u32_at(memory, at + NEXT));
        }
        assert!(back == 0 || back == u32_at(memory, TAILS + 4 * list), "tail of class {list}");
    }
    listed.sort_unstable();
    let free: Vec<_> = found.iter().filter(|block| block.length.is_none()).map(|block| block.handle).collect();
    assert_eq!(listed, free, "the lists hold each free block once");
}
