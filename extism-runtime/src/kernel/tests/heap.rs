//! Looks through a whole heap for contradictions.

use crate::kernel::layout::{
    BACK, BLOCK_HEADER, CLASS_COUNT, CLASSES, FREE, HEADS, HEAP, KEY, LAST_SIZE, LENGTH, LIMIT, LIMIT_U64, NEXT,
    PREVIOUS_SIZE, SEAL, SIZE, USED, class, seal,
};

fn u32_at(memory: &[u8], at: u32) -> u32 {
    u32::from_le_bytes(memory[at as usize..][..4].try_into().unwrap())
}

fn u64_at(memory: &[u8], at: u32) -> u64 {
    u64::from_le_bytes(memory[at as usize..][..8].try_into().unwrap())
}

/// A block as its header tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) handle: u64,
    pub(crate) size: u64,
    /// `None` for a free one.
    pub(crate) length: Option<u64>,
}

/// All blocks by address. Panics when the header, the blocks and the lists of free ones do not agree.
pub(crate) fn blocks(memory: &[u8]) -> Vec<Found> {
    let used = u32_at(memory, USED);
    let mut found = Vec::new();
    let (mut at, mut previous, mut free_before) = (HEAP, 0, false);
    while at < HEAP + used {
        let size = u32_at(memory, at + SIZE) & !FREE;
        let free = u32_at(memory, at + SIZE) & FREE != 0;
        assert!(size > 0 && size.is_multiple_of(16), "size {size} at {at}");
        assert_eq!(u32_at(memory, at + PREVIOUS_SIZE), previous, "previous size at {at}");
        assert!(!(free && free_before), "two free neighbours at {at}");
        let sealed = u32_at(memory, at + SEAL) == seal(u32_at(memory, KEY), at);
        assert_eq!(sealed, !free, "seal at {at}");
        let length = (!free).then(|| u64::from(u32_at(memory, at + LENGTH)));
        assert!(length.is_none_or(|length| length <= size.into()), "length at {at}");
        found.push(Found { handle: u64::from(at + BLOCK_HEADER), size: size.into(), length });
        (at, previous, free_before) = (at + BLOCK_HEADER + size, size, free);
    }
    assert_eq!(at, HEAP + used, "the heap's end");
    assert_eq!(u32_at(memory, LAST_SIZE), previous, "the last block's size");
    assert!(!free_before, "the last block is free");
    check_lists(memory, &found);
    let limit = u64_at(memory, LIMIT);
    assert!(limit == 0 || limit == memory.len() as u64 - u64::from(HEAP), "limit {limit}");
    assert_eq!(u64_at(memory, LIMIT_U64), limit.saturating_sub(7));
    found
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
    }
    listed.sort_unstable();
    let free: Vec<_> = found.iter().filter(|block| block.length.is_none()).map(|block| block.handle).collect();
    assert_eq!(listed, free, "the lists hold each free block once");
}
