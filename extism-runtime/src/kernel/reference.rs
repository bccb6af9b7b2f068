//! The kernel again, for tests: as plain as possible, with all its bookkeeping about blocks outside of the memory.
//! Whatever it does, the real kernel must do too.

use super::layout::{BLOCK_HEADER, HEAP, MAX_BLOCK, MAX_TOP, MIN_ROOM, PAGE, TRIES, class};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockState {
    Live,
    Free,
}

/// A piece of the heap; `handle` is the address of its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) handle: u64,
    pub(crate) size: u64,
    pub(crate) length: u64,
    pub(crate) state: BlockState,
}

impl Block {
    fn start(&self) -> u64 {
        self.handle - u64::from(BLOCK_HEADER)
    }

    fn end(&self) -> u64 {
        self.handle + self.size
    }
}

/// The kernel's state and its memory.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) memory: Vec<u8>,
    /// The number of pages to which the memory may grow.
    pub(crate) max_pages: u64,
    /// By address, without gaps other than the room.
    pub(crate) blocks: Vec<Block>,
    /// Handles of the free blocks, in the order in which they were freed.
    free: Vec<u64>,
    /// Where the room starts and ends.
    pub(crate) room: (u64, u64),
    /// Where the heap ends.
    end: u64,
    /// Whether an allocation ended the call.
    pub(crate) exhausted: bool,
    /// Where guests' loads and stores end.
    pub(crate) limit: u64,
    pub(crate) input: (u64, u64),
    pub(crate) output: (u64, u64),
    pub(crate) error: (u64, u64),
}

impl Reference {
    pub(crate) fn new(pages: u64, max_pages: u64) -> Self {
        Self {
            memory: vec![0; (pages * PAGE) as usize],
            max_pages,
            blocks: Vec::new(),
            free: Vec::new(),
            room: (HEAP.into(), HEAP.into()),
            end: HEAP.into(),
            exhausted: false,
            limit: u64::from(HEAP),
            input: (0, 0),
            output: (0, 0),
            error: (0, 0),
        }
    }

    pub(crate) fn reset(&mut self) {
        let memory = std::mem::take(&mut self.memory);
        *self = Self { memory, ..Self::new(0, self.max_pages) };
        self.follow_growth();
    }

    pub(crate) fn live(&self, handle: u64) -> Option<Block> {
        self.blocks.iter().copied().find(|block| block.handle == handle && block.state == BlockState::Live)
    }

    pub(crate) fn length(&self, handle: u64) -> u64 {
        self.live(handle).map_or(0, |block| block.length)
    }

    pub(crate) fn alloc(&mut self, length: u64) -> u64 {
        if length == 0 || length > u64::from(MAX_BLOCK) {
            return 0;
        }
        let size = length.next_multiple_of(2);
        if !self.make_room(size) {
            return 0;
        }
        let handle = self.room.0 + u64::from(BLOCK_HEADER);
        let left = self.room.1 - handle - size;
        // A payload after a large one starts a multiple of 16 bytes after it, if that leaves no room or a usable one.
        let aligned = (size + u64::from(BLOCK_HEADER)).next_multiple_of(16) - u64::from(BLOCK_HEADER);
        let size = match left {
            left if left < u64::from(MIN_ROOM) => size + left,
            left if size >= 2048 && (left == aligned - size || left >= aligned - size + u64::from(MIN_ROOM)) => aligned,
            _ => size,
        };
        self.room.0 = handle + size;
        self.add(Block { handle, size, length, state: BlockState::Live });
        handle
    }

    fn make_room(&mut self, size: u64) -> bool {
        let enough = |room: (u64, u64)| room.1 - room.0 >= u64::from(BLOCK_HEADER) + size;
        self.follow_growth();
        if enough(self.room) || self.take_free(size) {
            return true;
        }
        if self.room.1 != self.end {
            self.close();
            self.room = (self.end, self.end);
        }
        self.reclaim_last();
        self.follow_growth();
        let needed = self.room.0 + u64::from(BLOCK_HEADER) + size;
        if !enough(self.room) && needed <= u64::from(MAX_TOP) {
            let pages = needed.div_ceil(PAGE);
            self.exhausted = pages > self.max_pages;
            if !self.exhausted {
                self.memory.resize((pages * PAGE) as usize, 0);
                self.follow_growth();
            }
        }
        enough(self.room)
    }

    /// Extends a room at the heap's end by what the memory has grown.
    fn follow_growth(&mut self) {
        let end = (self.memory.len() as u64).min(MAX_TOP.into());
        if self.room.1 == self.end && end > self.end {
            self.reclaim_last();
            self.room.1 = end;
            self.end = end;
            self.limit = self.memory.len() as u64;
        }
    }

    /// Extends an empty room at the heap's end by the last block, if that is free.
    fn reclaim_last(&mut self) {
        if self.room == (self.end, self.end)
            && let Some(last) = self.blocks.last().filter(|last| last.state == BlockState::Free)
        {
            self.room.0 = last.start();
            let handle = last.handle;
            self.free.retain(|free| *free != handle);
            self.blocks.pop();
        }
    }

    /// Makes a free block the room.
    fn take_free(&mut self, size: u64) -> bool {
        let Some(handle) = self.fitting(size) else { return false };
        let at = self.position(handle);
        let block = self.blocks[at];
        self.free.retain(|free| *free != handle);
        self.blocks[at].state = BlockState::Live;
        self.close();
        let at = self.position(handle);
        self.blocks.remove(at);
        self.room = (block.start(), block.end());
        true
    }

    /// Frees the rest of the room.
    fn close(&mut self) {
        let (start, end) = std::mem::take(&mut self.room);
        if start < end {
            let handle = start + u64::from(BLOCK_HEADER);
            self.add(Block { handle, size: end - handle, length: 0, state: BlockState::Live });
            self.release(handle);
        }
    }

    fn add(&mut self, block: Block) {
        let at = self.blocks.partition_point(|other| other.handle < block.handle);
        self.blocks.insert(at, block);
    }

    /// Returns the first of the first few free blocks in its class that is large enough, otherwise the first block of
    /// the next class that has any.
    fn fitting(&self, size: u64) -> Option<u64> {
        let class_of = |size: u64| class(size as u32);
        let of_class = |class| self.free.iter().copied().filter(move |free| class_of(self.block(*free).size) == class);
        let mut own = of_class(class_of(size)).take(TRIES as usize);
        let own = own.find(|free| self.block(*free).size >= size);
        own.or_else(|| (class_of(size) + 1..64).find_map(|class| of_class(class).next()))
    }

    fn block(&self, handle: u64) -> Block {
        self.blocks[self.position(handle)]
    }

    fn position(&self, handle: u64) -> usize {
        self.blocks.iter().position(|block| block.handle == handle).unwrap()
    }

    pub(crate) fn free(&mut self, handle: u64) {
        if self.live(handle).is_none() {
            return;
        }
        if self.input.0 == handle {
            self.input.1 = 0;
        }
        self.release(handle);
    }

    /// Joins a block with its free neighbours, and makes the result the last to be reused.
    fn release(&mut self, handle: u64) {
        let at = self.position(handle);
        self.blocks[at].state = BlockState::Free;
        self.free.push(handle);
        self.join(at);
        if at > 0 {
            self.join(at - 1);
        }
    }

    /// Joins this block and the next if both are free and nothing is between them.
    fn join(&mut self, at: usize) {
        let (Some(one), Some(other)) = (self.blocks.get(at).copied(), self.blocks.get(at + 1).copied()) else {
            return;
        };
        if one.state == BlockState::Free && other.state == BlockState::Free && one.end() == other.start() {
            self.blocks.remove(at + 1);
            self.blocks[at].size = other.end() - one.handle;
            self.free.retain(|free| *free != one.handle && *free != other.handle);
            self.free.push(one.handle);
        }
    }

    /// Returns whether guests may access the range.
    pub(crate) fn accessible(&self, offset: u64, length: u64) -> bool {
        offset >= u64::from(HEAP) && offset.checked_add(length).is_some_and(|end| end <= self.limit)
    }

    pub(crate) fn load<const N: usize>(&self, offset: u64) -> [u8; N] {
        if !self.accessible(offset, N as u64) {
            return [0; N];
        }
        self.memory[offset as usize..][..N].try_into().unwrap()
    }

    pub(crate) fn store<const N: usize>(&mut self, offset: u64, bytes: [u8; N]) {
        if self.accessible(offset, N as u64) {
            self.memory[offset as usize..][..N].copy_from_slice(&bytes);
        }
    }

    pub(crate) fn input_load<const N: usize>(&self, at: u64) -> [u8; N] {
        if at.checked_add(N as u64).is_none_or(|end| end > self.input.1) {
            return [0; N];
        }
        self.memory[(self.input.0 + at) as usize..][..N].try_into().unwrap()
    }

    pub(crate) fn input_set(&mut self, offset: u64, length: u64) {
        if self.accessible(offset, length) {
            self.input = (offset, length);
        }
    }

    pub(crate) fn output_set(&mut self, offset: u64, length: u64) {
        if self.accessible(offset, length) {
            self.output = (offset, length);
        }
    }

    pub(crate) fn error_set(&mut self, handle: u64) {
        if handle == 0 || self.accessible(handle, 1) {
            self.error = (handle, self.length(handle));
        }
    }

    /// Calls the function of `extism:host/env` with this name. Returns 0 if the function has no result.
    pub(crate) fn call(&mut self, name: &str, arguments: &[i64]) -> i64 {
        let argument = |at: usize| arguments.get(at).map_or(0, |value| value.cast_unsigned());
        let (first, second) = (argument(0), argument(1));
        let result = match name {
            "alloc" => self.alloc(first),
            "length" | "length_unsafe" => self.length(first),
            "load_u8" => u8::from_le_bytes(self.load(first)).into(),
            "load_u64" => u64::from_le_bytes(self.load(first)),
            "input_length" => self.input.1,
            "input_offset" => self.input.0,
            "input_load_u8" => u8::from_le_bytes(self.input_load(first)).into(),
            "input_load_u64" => u64::from_le_bytes(self.input_load(first)),
            "output_offset" => self.output.0,
            "output_length" => self.output.1,
            "error_get" => self.error.0,
            "memory_bytes" => self.memory.len() as u64,
            _ => {
                self.call_without_result(name, first, second);
                0
            }
        };
        result.cast_signed()
    }

    fn call_without_result(&mut self, name: &str, first: u64, second: u64) {
        match name {
            "free" => self.free(first),
            "store_u8" => self.store(first, (second as u8).to_le_bytes()),
            "store_u64" => self.store(first, second.to_le_bytes()),
            "input_set" => self.input_set(first, second),
            "output_set" => self.output_set(first, second),
            "error_set" => self.error_set(first),
            "reset" => self.reset(),
            _ => unreachable!("no function {name} of the kernel"),
        }
    }

    /// Returns whether the range lies in the payload of one block, or in the room.
    pub(crate) fn in_payload(&self, offset: u64, length: u64) -> bool {
        let end = offset.saturating_add(length);
        let room = self.room.0 < self.room.1 && self.room.0 <= offset && end <= self.room.1;
        room || self.blocks.iter().any(|block| block.handle <= offset && end <= block.end())
    }
}
