use super::Numbers;
use crate::kernel::{
    self, Alloc,
    layout::{FIRST, HEAP},
};

const PAGE: usize = 1 << 16;
/// The maximum size of the memory.
const MAX_PAGES: usize = 8;

/// Calls the kernel's functions for the host in any order, with writes to its memory in between, as guests may make.
/// The first number selects where these go: nowhere, to the heap, or, which guests cannot do, to the header too.
pub fn kernel(input: &[u8]) {
    let mut numbers = Numbers(input);
    let forged_from = match numbers.u8() % 3 {
        0 => None,
        1 => Some(HEAP as usize),
        _ => Some(0),
    };
    let mut heap = Heap { memory: vec![0; 2 * PAGE], blocks: Vec::new(), honest: forged_from.is_none() };
    kernel::reset(&mut heap.memory);
    for _ in 0..1000 {
        if numbers.is_empty() {
            break;
        }
        heap.step(&mut numbers, forged_from);
    }
    heap.check();
}

/// The memory and its known contents.
struct Heap {
    memory: Vec<u8>,
    /// Handle, length, and the byte that fills the block.
    blocks: Vec<(u64, usize, u8)>,
    /// Whether only the kernel's functions have written to the memory, apart from the contents of blocks that they
    /// returned.
    honest: bool,
}

impl Heap {
    fn step(&mut self, numbers: &mut Numbers<'_>, forged_from: Option<usize>) {
        match numbers.u8() % 10 {
            0 | 1 => {
                let length = numbers.u16().into();
                self.alloc(length, numbers.u8());
            }
            2 => self.commit(numbers.u16().into(), numbers.u8()),
            3 => {
                let at = usize::from(numbers.u8());
                if !self.blocks.is_empty() {
                    let (handle, ..) = self.blocks.swap_remove(at % self.blocks.len());
                    kernel::free(&mut self.memory, handle);
                }
            }
            4 => {
                let handle = numbers.u64();
                let known = self.blocks.iter().any(|(known, ..)| *known == handle);
                if !(self.honest && known) {
                    kernel::free(&mut self.memory, handle);
                }
            }
            5 => self.input(numbers.u16().into(), numbers.u8()),
            6 => self.read(numbers.u64()),
            7 if self.memory.len() < MAX_PAGES * PAGE => self.memory.resize(self.memory.len() + PAGE, 0),
            8 => {
                kernel::reset(&mut self.memory);
                self.blocks.clear();
            }
            _ => {
                let (at, value) = (numbers.u32() as usize % self.memory.len(), numbers.u32());
                if let Some(from) = forged_from
                    && let Some(place) = self.memory.get_mut(at.max(from)..).and_then(<[u8]>::first_chunk_mut)
                {
                    *place = value.to_le_bytes();
                }
            }
        }
        if self.honest && self.memory.len() < 1 << 19 {
            self.check();
        }
    }

    fn alloc(&mut self, length: u64, fill: u8) {
        match kernel::alloc(&mut self.memory, length) {
            Alloc::Ok(handle) => self.add(handle, length, fill),
            Alloc::Null => assert!(length == 0 || !self.honest),
            Alloc::NeedsPages(pages) => assert!(pages > 0),
        }
    }

    /// Writes first and allocates afterwards, as host functions do for their results.
    fn commit(&mut self, length: u64, fill: u8) {
        let wanted = usize::try_from(length).unwrap_or(usize::MAX);
        let reserved = kernel::reserve(&mut self.memory, length).is_ok();
        let area = kernel::alloc_area(&mut self.memory);
        let fits = wanted <= area.len();
        area.iter_mut().take(wanted).for_each(|byte| *byte = fill);
        assert!(fits || !(reserved && self.honest));
        match kernel::alloc(&mut self.memory, length) {
            Alloc::Ok(handle) => {
                if self.honest {
                    assert!(fits);
                    let block = kernel::block(&self.memory, handle).expect("a new block");
                    assert!(block.iter().all(|byte| *byte == fill), "its content moved with it");
                }
                self.add(handle, length, fill);
            }
            Alloc::Null => assert!(length == 0 || !self.honest),
            Alloc::NeedsPages(pages) => assert!(pages > 0 && !(fits && self.honest)),
        }
    }

    fn input(&mut self, length: usize, fill: u8) {
        let area = kernel::input_area(&mut self.memory);
        let fits = length <= area.len();
        area.iter_mut().take(length).for_each(|byte| *byte = fill);
        let committed = kernel::commit_input(&mut self.memory, length).is_ok();
        assert!(committed == fits || !self.honest);
        self.blocks.clear();
        if committed && length > 0 {
            self.blocks.push((u64::from(FIRST), length, fill));
        }
    }

    fn add(&mut self, handle: u64, length: u64, fill: u8) {
        let length = usize::try_from(length).expect("a small block");
        match kernel::block_mut(&mut self.memory, handle) {
            Ok(block) => {
                assert!(!self.honest || block.len() == length, "{} bytes instead of {length}", block.len());
                block.fill(fill);
            }
            Err(error) => assert!(!self.honest, "{error}"),
        }
        self.blocks.push((handle, length, fill));
    }

    /// Reads what the host reads after a call, and the blocks of handles.
    fn read(&self, handle: u64) {
        let _ = (kernel::block(&self.memory, handle), kernel::has_error(&self.memory));
        if let Ok(Some(message)) = kernel::error(&self.memory) {
            assert!(message.len() <= self.memory.len());
        }
        if let Ok(output) = kernel::output_range(&self.memory) {
            assert!(self.memory.get(output).is_some());
        }
    }

    /// All blocks contain what was written to them, so none overlap.
    fn check(&self) {
        for (handle, length, fill) in self.blocks.iter().filter(|_| self.honest) {
            let block = kernel::block(&self.memory, *handle).expect("a live block");
            assert_eq!(block.len(), *length);
            assert!(block.iter().all(|byte| byte == fill), "block {handle} was overwritten");
        }
    }
}
