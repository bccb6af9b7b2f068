//! The allocator from the host's side.

use proptest::prelude::*;

use super::{
    heap::{Found, blocks},
    ops::{Kernel, Model, length, op},
};
use crate::kernel::{
    self, Alloc,
    layout::{HEAP, INITIAL_PAGES, PAGE},
    reference::{Reference, State},
};

const MAX_PAGES: u64 = 128;

/// The kernel's memory, in a vector.
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

    fn blocks(&self) -> Vec<Found> {
        blocks(&self.memory)
    }
}

/// What the host has of the kernel; all else goes to a copy of the reference.
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
        length: (block.state == State::Live).then_some(block.length),
    };
    reference.blocks.iter().map(found).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// So blocks never overlap, have the lengths asked for, and freed ones are joined and used again.
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

    #[test]
    fn what_was_freed_serves_an_equal_request(
        lengths in prop::collection::vec(1..100_000_u64, 1..60),
        victim in any::<prop::sample::Index>(),
    ) {
        let mut host = Host::new();
        let handles: Vec<_> = lengths.iter().map(|length| host.alloc(*length)).collect();
        let victim = victim.index(handles.len());
        let before = host.blocks();
        kernel::free(&mut host.memory, handles[victim]);
        prop_assert_eq!(host.alloc(lengths[victim]), handles[victim]);
        prop_assert_eq!(host.blocks(), before);
    }

    #[test]
    fn all_freed_leaves_an_empty_heap(
        lengths in prop::collection::vec(length(), 1..60),
        order in any::<prop::sample::Index>(),
    ) {
        let mut host = Host::new();
        let mut handles: Vec<_> = lengths.iter().map(|length| host.alloc(*length)).filter(|handle| *handle != 0).collect();
        let middle = order.index(handles.len() + 1);
        handles.rotate_left(middle);
        let (first, second): (Vec<_>, Vec<_>) = handles.iter().partition(|handle| **handle % 32 == 0);
        for handle in first.into_iter().chain(second) {
            kernel::free(&mut host.memory, handle);
        }
        prop_assert_eq!(host.blocks(), vec![]);
    }

    /// A program that holds at most so much at a time needs memory for about that, however long it runs.
    #[test]
    fn memory_in_use_is_bounded_by_what_is_live(seed in prop::collection::vec((1..4_000_u64, any::<prop::sample::Index>()), 500)) {
        let mut host = Host::new();
        let mut live: Vec<(u64, u64)> = Vec::new();
        let mut peak = 0;
        for (length, index) in seed {
            if live.len() >= 40 {
                let (handle, _) = live.swap_remove(index.index(live.len()));
                kernel::free(&mut host.memory, handle);
            }
            live.push((host.alloc(length), length));
            peak = peak.max(live.iter().map(|(_, length)| length.next_multiple_of(16) + 16).sum::<u64>());
        }
        let top = host.blocks().last().map_or(0, |block| block.handle + block.size - u64::from(HEAP));
        prop_assert!(top <= 2 * peak, "{top} bytes for at most {peak} live ones");
    }

    #[test]
    fn a_block_written_in_place_is_like_one_allocated(
        before in prop::collection::vec((1..3_000_u64, any::<bool>()), 0..30),
        bytes in prop::collection::vec(any::<u8>(), 0..5_000),
    ) {
        let mut host = Host::new();
        let handles: Vec<_> = before.iter().map(|(length, freed)| (host.alloc(*length), *freed)).collect();
        for (handle, _) in handles.iter().filter(|(_, freed)| *freed) {
            kernel::free(&mut host.memory, *handle);
        }
        let mut other = Host { memory: host.memory.clone() };
        kernel::alloc_area(&mut host.memory)[..bytes.len()].copy_from_slice(&bytes);
        let handle = match kernel::commit_alloc(&mut host.memory, bytes.len() as u64) {
            Alloc::Ok(handle) => handle,
            failure => {
                prop_assert_eq!((failure, bytes.len()), (Alloc::Null, 0));
                return Ok(());
            }
        };
        prop_assert_eq!(handle, other.alloc(bytes.len() as u64));
        prop_assert_eq!(host.blocks(), other.blocks());
        prop_assert_eq!(kernel::block(&host.memory, handle), Ok(&bytes[..]));
    }
}

#[test]
fn memory_grows_by_no_more_than_the_data_needs() {
    let mut memory = vec![0; PAGE as usize];
    let room = PAGE - u64::from(HEAP) - 16;
    assert_eq!(kernel::alloc(&mut memory, room + 1), Alloc::NeedsPages(1));
    assert_eq!(kernel::alloc(&mut memory, room + PAGE), Alloc::NeedsPages(1));
    assert_eq!(kernel::alloc(&mut memory, room + PAGE + 1), Alloc::NeedsPages(2));
    assert_eq!(kernel::pages_for(&memory, room + PAGE + 1), Some(2));
    assert_eq!(kernel::alloc(&mut memory, room), Alloc::Ok(0x200));
    assert_eq!(kernel::alloc(&mut memory, 1), Alloc::NeedsPages(1));
}

#[test]
fn lengths_that_no_memory_can_hold_are_refused() {
    let mut memory = vec![0; PAGE as usize];
    for length in [0, 0xffff_fdf1, 0xffff_ffff, 1 << 32, u64::MAX] {
        assert_eq!(kernel::alloc(&mut memory, length), Alloc::Null, "{length}");
        assert_eq!(kernel::commit_alloc(&mut memory, length), Alloc::Null, "{length}");
    }
    assert_eq!(kernel::alloc(&mut memory, 0xffff_fdf0), Alloc::NeedsPages(65_535));
    assert_eq!(kernel::pages_for(&memory, 1 << 32), None);
    // After a block of 16 bytes, the same are too long; the last that fits ends at the highest address.
    assert_eq!(kernel::alloc(&mut memory, 16), Alloc::Ok(0x200));
    assert_eq!(kernel::alloc(&mut memory, 0xffff_fdd1), Alloc::Null);
    assert_eq!(kernel::pages_for(&memory, 0xffff_fdd1), None);
    assert_eq!(kernel::alloc(&mut memory, 0xffff_fdd0), Alloc::NeedsPages(65_535));
}
