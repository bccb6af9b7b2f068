//! The kernel again, for tests: as plain as possible, with all that it knows about blocks outside of the
//! memory. What this does, the real one must do too.

use super::layout::{BLOCK_HEADER, HEAP, MAX_BLOCK, MAX_TOP, MIN_SPLIT, PAGE, TRIES, class};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Live,
    Free,
}

/// A piece of the heap; `handle` is where its payload starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) handle: u64,
    pub(crate) size: u64,
    pub(crate) length: u64,
    pub(crate) state: State,
}

impl Block {
    fn end(&self) -> u64 {
        self.handle + self.size
    }
}

/// The kernel's state, and the memory it has.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) memory: Vec<u8>,
    /// Pages to which the memory may grow.
    pub(crate) max_pages: u64,
    /// By address, without gaps.
    pub(crate) blocks: Vec<Block>,
    /// Handles of the free blocks, the one freed last first.
    free: Vec<u64>,
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
            limit: u64::from(HEAP),
            input: (0, 0),
            output: (0, 0),
            error: (0, 0),
        }
    }

    pub(crate) fn reset(&mut self) {
        let memory = std::mem::take(&mut self.memory);
        *self = Self { limit: memory.len() as u64, memory, ..Self::new(0, self.max_pages) };
    }

    pub(crate) fn live(&self, handle: u64) -> Option<Block> {
        self.blocks.iter().copied().find(|block| block.handle == handle && block.state == State::Live)
    }

    pub(crate) fn length(&self, handle: u64) -> u64 {
        self.live(handle).map_or(0, |block| block.length)
    }

    pub(crate) fn alloc(&mut self, length: u64) -> u64 {
        if length == 0 || length > u64::from(MAX_BLOCK) {
            return 0;
        }
        let size = length.next_multiple_of(16);
        let at = match self.fitting(size) {
            Some(handle) => self.take(handle, size),
            None => match self.append(size) {
                Some(at) => at,
                None => return 0,
            },
        };
        let block = &mut self.blocks[at];
        (block.length, block.state) = (length, State::Live);
        block.handle
    }

    /// One of the first few free blocks in its class that is large enough, else the first one of the
    /// next class that has any.
    fn fitting(&self, size: u64) -> Option<u64> {
        let class_of = |size: u64| class(size as u32);
        let of_class = |class| self.free.iter().copied().filter(move |free| class_of(self.block(*free).size) == class);
        let mut own = of_class(class_of(size)).take(TRIES as usize);
        let own = own.find(|free| self.block(*free).size >= size);
        own.or_else(|| (class_of(size) + 1..64).find_map(|class| of_class(class).next()))
    }

    fn block(&self, handle: u64) -> Block {
        self.blocks[self.at(handle)]
    }

    fn at(&self, handle: u64) -> usize {
        self.blocks.iter().position(|block| block.handle == handle).unwrap()
    }

    fn take(&mut self, handle: u64, size: u64) -> usize {
        let at = self.at(handle);
        self.free.retain(|free| *free != handle);
        let rest = self.blocks[at].size - size;
        if rest >= u64::from(MIN_SPLIT) {
            self.blocks[at].size = size;
            let header = u64::from(BLOCK_HEADER);
            let other = Block { handle: handle + size + header, size: rest - header, length: 0, state: State::Free };
            self.blocks.insert(at + 1, other);
            self.free.insert(0, other.handle);
        }
        at
    }

    fn append(&mut self, size: u64) -> Option<usize> {
        let top = self.blocks.last().map_or(u64::from(HEAP), Block::end);
        let block = Block { handle: top + u64::from(BLOCK_HEADER), size, length: 0, state: State::Live };
        if block.end() > u64::from(MAX_TOP) {
            return None;
        }
        let pages = block.end().div_ceil(PAGE);
        if pages * PAGE > self.memory.len() as u64 {
            if pages > self.max_pages {
                return None;
            }
            self.memory.resize((pages * PAGE) as usize, 0);
        }
        self.limit = self.memory.len() as u64;
        self.blocks.push(block);
        Some(self.blocks.len() - 1)
    }

    pub(crate) fn free(&mut self, handle: u64) {
        if self.live(handle).is_none() {
            return;
        }
        if self.input.0 == handle {
            self.input.1 = 0;
        }
        let at = self.at(handle);
        self.blocks[at].state = State::Free;
        self.free.insert(0, handle);
        self.join(at);
        if at > 0 {
            self.join(at - 1);
        }
        if self.blocks.last().is_some_and(|last| last.state == State::Free) {
            let last = self.blocks.pop().unwrap();
            self.free.retain(|free| *free != last.handle);
        }
    }

    /// Makes one block of this and the next, if both are free. It is then the last that was freed.
    fn join(&mut self, at: usize) {
        let (Some(one), Some(other)) = (self.blocks.get(at).copied(), self.blocks.get(at + 1).copied()) else {
            return;
        };
        if one.state == State::Free && other.state == State::Free {
            self.blocks.remove(at + 1);
            self.blocks[at].size = other.end() - one.handle;
            self.free.retain(|free| *free != one.handle && *free != other.handle);
            self.free.insert(0, one.handle);
        }
    }

    /// Whether guests may access the range.
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
        self.error = (handle, self.length(handle));
    }

    /// The function of `extism:host/env` with this name. No result is 0.
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

    /// Whether the range lies in the payload of one block, or above all blocks.
    pub(crate) fn in_payload(&self, offset: u64, length: u64) -> bool {
        let end = offset.saturating_add(length);
        let top = self.blocks.last().map_or(u64::from(HEAP), Block::end);
        offset >= top || self.blocks.iter().any(|block| block.handle <= offset && end <= block.end())
    }
}
