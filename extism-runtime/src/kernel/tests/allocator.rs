//! The allocator from the host's side.

use proptest::prelude::*;

use super::{
    heap::{Found, blocks},
    ops::{Kernel, Model, length, op},
};
use crate::kernel::{
    self, Alloc,
    layout::{FIRST, INITIAL_PAGES, PAGE},
    reference::{BlockState, Reference},
};

const MAX_PAGES: u64 = 128;

/// The kernel's memory as a vector.
pub(crate) struct Host {
    memory: Vec<u8>,
}

impl Host {
    pub(crate) fn new() -> Self {
        Self { memory: vec![0; INITIAL_PAGES as usize * PAGE as usize] }
    }

    pub(crate) fn alloc(&mut self, length: u64) -> u64 {
        match kernel::alloc(&mut self.memory, length) {
            Alloc::Ok(handle) => handle,
            Alloc::Null => 0,
            Alloc::NeedsPages(pages) => {
                let bytes = self.memory.len() + (pages * PAGE) as usize;
                if bytes > (MAX_PAGES * PAGE) as usize {
                    return 0;
                }
                self.memory.resize(bytes, 0);
                let again = kernel::alloc(&mut self.memory, length);
                let Alloc::Ok(handle) = again else { panic!("{again:?} after growing by {pages} pages") };
                handle
            }
        }
    }

    /// Allocates all that the memory has room for.
    fn fill_room(&mut self) -> Option<u64> {
        match kernel::alloc_area(&mut self.memory).len() {
            0 => None,
            length => Some(self.alloc(length as u64)),
        }
    }

    fn blocks(&self) -> Vec<Found> {
        blocks(&self.memory)
    }
}

/// Uses the host's half of the kernel for what that provides, and a copy of the reference for all else.
struct HostOnly {
    host: Host,
    rest: Reference,
}

impl Kernel for HostOnly {
    fn call(&mut self, name: &str, arguments: &[i64]) -> i64 {
        let first = arguments.first().map_or(0, |value| value.cast_unsigned());
        let rest = self.rest.call(name, arguments);
        match name {
            "alloc" => self.host.alloc(first).cast_signed(),
            "free" => {
                kernel::free(&mut self.host.memory, first);
                0
            }
            "length" => kernel::length(&self.host.memory, first).cast_signed(),
            "reset" => {
                kernel::reset(&mut self.host.memory);
                0
            }
            "store_u8" | "store_u64" => {
                let width = if name == "store_u8" { 1 } else { 8 };
                if self.rest.accessible(first, width) {
                    let bytes = arguments[1].to_le_bytes();
                    self.host.memory[first as usize..][..width as usize].copy_from_slice(&bytes[..width as usize]);
                }
                0
            }
            _ => rest,
        }
    }

    fn memory(&mut self) -> &mut [u8] {
        &mut self.host.memory
    }
}

fn expected(reference: &Reference) -> Vec<Found> {
    let found = |block: &crate::kernel::reference::Block| Found {
        handle: block.handle,
        size: block.size,
        length: (block.state == BlockState::Live).then_some(block.length),
    };
    reference.blocks.iter().map(found).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// So blocks never overlap and have the requested lengths, and freed ones are joined, wait, and are reused.
    #[test]
    fn the_heap_is_as_the_reference_has_it(ops in prop::collection::vec(op(), 1..200)) {
        let reference = Reference::new(INITIAL_PAGES.into(), MAX_PAGES);
        let mut kernel = HostOnly { host: Host::new(), rest: reference.clone() };
        let mut model = Model::new(reference);
        for op in ops {
            model.step(op, &mut kernel);
            prop_assert_eq!(kernel.host.blocks(), expected(&model.reference), "after {:?}", op);
        }
        model.compare(&mut kernel);
    }

    /// Plug-ins read and free blocks that are already freed, and the official kernel lets them as long as its memory
    /// has room.
    #[test]
    fn what_was_freed_is_left_alone_while_there_is_room(
        steps in prop::collection::vec((1..300_u64, any::<prop::sample::Index>(), any::<bool>()), 1..100),
    ) {
        let mut host = Host::new();
        let mut given: Vec<(u64, u64, u8)> = Vec::new();
        for (length, index, free) in steps {
            let (handle, fill) = (host.alloc(length), u8::try_from(given.len()).unwrap());
            kernel::block_mut(&mut host.memory, handle).unwrap().fill(fill);
            given.push((handle, length, fill));
            if free {
                kernel::free(&mut host.memory, index.get(&given).0);
            }
            for (handle, length, fill) in &given {
                let bytes = &host.memory[*handle as usize..][..*length as usize];
                prop_assert!(bytes.iter().all(|byte| byte == fill), "block {}", handle);
            }
        }
    }

    #[test]
    fn what_was_freed_serves_an_equal_request_before_the_memory_grows(
        lengths in prop::collection::vec(1..100_000_u64, 1..60),
        victim in any::<prop::sample::Index>(),
    ) {
        let mut host = Host::new();
        let handles: Vec<_> = lengths.iter().map(|length| host.alloc(*length)).collect();
        host.fill_room();
        let victim = victim.index(handles.len());
        let before = host.blocks();
        kernel::free(&mut host.memory, handles[victim]);
        prop_assert_eq!(host.alloc(lengths[victim]), handles[victim]);
        prop_assert_eq!(host.blocks(), before);
    }

    #[test]
    fn all_freed_is_one_block_again(
        lengths in prop::collection::vec(length(), 1..60),
        order in any::<prop::sample::Index>(),
    ) {
        let mut host = Host::new();
        // There is no heap before the first block.
        let lengths = std::iter::once(1).chain(lengths);
        let mut handles: Vec<_> = lengths.map(|length| host.alloc(length)).filter(|handle| *handle != 0).collect();
        handles.extend(host.fill_room());
        let middle = order.index(handles.len() + 1);
        handles.rotate_left(middle);
        let (first, second): (Vec<_>, Vec<_>) = handles.iter().partition(|handle| **handle % 4 == 0);
        for handle in first.into_iter().chain(second) {
            kernel::free(&mut host.memory, handle);
        }
        let whole = host.memory.len() as u64 - u64::from(FIRST);
        prop_assert_eq!(host.blocks(), vec![Found { handle: FIRST.into(), size: whole, length: None }]);
    }

    /// A program with a bounded amount of live data needs about that much memory, however long it runs.
    #[test]
    fn memory_is_bounded_by_what_is_live(seed in prop::collection::vec((1..4_000_u64, any::<prop::sample::Index>()), 2_000)) {
        let mut host = Host { memory: vec![0; PAGE as usize] };
        let mut live: Vec<(u64, u64)> = Vec::new();
        let mut peak = 0;
        for (length, index) in seed {
            if live.len() >= 100 {
                let (handle, _) = live.swap_remove(index.index(live.len()));
                kernel::free(&mut host.memory, handle);
            }
            live.push((host.alloc(length), length));
            peak = peak.max(live.iter().map(|(_, length)| length + 13).sum::<u64>());
        }
        let bytes = host.memory.len() as u64;
        prop_assert!(bytes <= 2 * peak, "{bytes} bytes for at most {peak} live ones");
    }

    #[test]
    fn a_block_written_in_place_is_like_one_allocated(
        before in prop::collection::vec((1..30_000_u64, any::<bool>()), 0..60),
        bytes in prop::collection::vec(any::<u8>(), 1..5_000),
    ) {
        let mut host = Host::new();
        let handles: Vec<_> = before.iter().map(|(length, freed)| (host.alloc(*length), *freed)).collect();
        for (handle, _) in handles.iter().filter(|(_, freed)| *freed) {
            kernel::free(&mut host.memory, *handle);
        }
        let mut other = Host { memory: host.memory.clone() };
        let length = bytes.len() as u64;
        if let Err(failure) = kernel::reserve(&mut host.memory, length) {
            prop_assert_eq!(failure, Alloc::NeedsPages(1));
            host.memory.resize(host.memory.len() + PAGE as usize, 0);
            prop_assert_eq!(kernel::reserve(&mut host.memory, length), Ok(()));
        }
        kernel::alloc_area(&mut host.memory)[..bytes.len()].copy_from_slice(&bytes);
        let handle = host.alloc(length);
        prop_assert_eq!(handle, other.alloc(length));
        prop_assert_eq!(host.blocks(), other.blocks());
        prop_assert_eq!(kernel::block(&host.memory, handle), Ok(&bytes[..]));
    }
}

#[test]
fn what_was_freed_first_is_used_first() {
    let mut host = Host::new();
    let blocks: Vec<_> = (0..6).map(|_| [host.alloc(1_000), host.alloc(10)][0]).collect();
    host.fill_room();
    for at in [3, 0, 5] {
        kernel::free(&mut host.memory, blocks[at]);
    }
    assert_eq!([(); 3].map(|()| host.alloc(1_000)), [blocks[3], blocks[0], blocks[5]]);
}

#[test]
fn no_block_takes_more_than_in_the_official_kernel_but_for_a_byte() {
    let mut host = Host::new();
    let mut before = host.alloc(1);
    for length in 1..300 {
        let handle = host.alloc(length);
        let next = host.alloc(1);
        assert_eq!((handle - before, next - handle), (14, length.next_multiple_of(2) + 12));
        before = next;
    }
}

/// The next payload is a multiple of 16 bytes away, where copies are fast.
#[test]
fn what_follows_a_large_block_is_aligned_to_it() {
    for length in (2040..2080).chain(65_530..65_570).chain([4096, 1 << 16, 300_001]) {
        let mut host = Host::new();
        let handle = host.alloc(length);
        let distance = host.alloc(1) - handle;
        let packed = length.next_multiple_of(2) + 12;
        assert_eq!(distance, if packed < 2048 + 12 { packed } else { packed.next_multiple_of(16) }, "{length}");
        assert_eq!(kernel::block(&host.memory, handle).map(<[u8]>::len), Ok(length as usize));
    }
    // Not where the room would have a rest that nothing fits into.
    for left in 0..64 {
        let mut host = Host::new();
        kernel::reserve(&mut host.memory, 1).unwrap();
        let free = kernel::alloc_area(&mut host.memory).len() as u64;
        assert_eq!(host.alloc(free - left), u64::from(FIRST));
        let payload = kernel::block(&host.memory, FIRST.into()).unwrap().len() as u64;
        assert_eq!(payload, free - left);
        // Bytes that the next block can have; 0 as well if there is no room.
        let rest = kernel::alloc_area(&mut host.memory).len() as u64;
        assert!(rest + 12 <= left && left - rest - 12 <= 15 || rest == 0 && left <= 15, "{left}: {rest}");
    }
}

#[test]
fn memory_grows_by_no_more_than_the_data_needs() {
    let mut memory = vec![0; PAGE as usize];
    let room = PAGE - u64::from(FIRST);
    assert_eq!(kernel::alloc(&mut memory, room + 1), Alloc::NeedsPages(1));
    assert_eq!(kernel::alloc(&mut memory, room + PAGE), Alloc::NeedsPages(1));
    assert_eq!(kernel::alloc(&mut memory, room + PAGE + 1), Alloc::NeedsPages(2));
    assert_eq!(kernel::reserve(&mut memory, room + PAGE + 1), Err(Alloc::NeedsPages(2)));
    assert_eq!(kernel::alloc(&mut memory, room), Alloc::Ok(FIRST.into()));
    assert_eq!(kernel::alloc(&mut memory, 1), Alloc::NeedsPages(1));
    // A free block at the heap's end reduces the growth that is needed.
    kernel::free(&mut memory, FIRST.into());
    assert_eq!(kernel::alloc(&mut memory, room + PAGE), Alloc::NeedsPages(1));
    memory.resize(2 * PAGE as usize, 0);
    assert_eq!(kernel::alloc(&mut memory, room + PAGE), Alloc::Ok(FIRST.into()));
}

#[test]
fn lengths_that_no_memory_can_hold_are_refused() {
    let mut memory = vec![0; PAGE as usize];
    for length in [0, 0xffff_fd71, 0xffff_ffff, 1 << 32, u64::MAX] {
        assert_eq!(kernel::alloc(&mut memory, length), Alloc::Null, "{length}");
    }
    assert_eq!(kernel::alloc(&mut memory, 0xffff_fd70), Alloc::NeedsPages(65_535));
    assert_eq!(kernel::reserve(&mut memory, 1 << 32), Err(Alloc::Null));
    // After a block of 16 bytes, the same lengths are too long; the longest that fits ends at the highest address.
    assert_eq!(kernel::alloc(&mut memory, 16), Alloc::Ok(FIRST.into()));
    assert_eq!(kernel::alloc(&mut memory, 0xffff_fd55), Alloc::Null);
    assert_eq!(kernel::reserve(&mut memory, 0xffff_fd55), Err(Alloc::Null));
    assert_eq!(kernel::alloc(&mut memory, 0xffff_fd54), Alloc::NeedsPages(65_535));
}
