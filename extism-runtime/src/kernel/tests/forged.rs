//! A guest may write anything to the heap, and a broken engine could write to the header as well.

use proptest::prelude::*;

use super::ops::length;
use crate::kernel::{
    self,
    layout::{FIRST, HEAP, KEY, SEAL, seal},
};

/// Words that a forger would write.
pub(crate) fn word() -> impl Strategy<Value = u32> {
    prop_oneof![
        4 => (0..512_u32).prop_map(|granule| granule * 16),
        2 => (0..512_u32).prop_map(|granule| granule * 16 + 1),
        2 => (0..8192_u32).prop_map(|granule| granule * 2),
        1 => prop_oneof![Just(0), Just(u32::MAX), Just(0xffff_fff0), Just(0xffff_fff1)],
        1 => any::<u32>(),
    ]
}

/// A write by a guest to the first 8,000 bytes of the heap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Forgery {
    at: u32,
    /// `None` for the seal that turns the bytes there into a block.
    word: Option<u32>,
}

pub(crate) fn forgery() -> impl Strategy<Value = Forgery> {
    (0..4_000_u32, prop::option::weighted(0.7, word())).prop_map(|(at, word)| Forgery { at: HEAP + 2 * at, word })
}

impl Forgery {
    pub(crate) fn commit(&self, memory: &mut [u8]) {
        let key = u32::from_le_bytes(memory[KEY as usize..][..4].try_into().unwrap());
        let block = self.at;
        let (at, word) = match self.word {
            Some(word) => (self.at, word),
            None => (block + SEAL, seal(key, block)),
        };
        memory[at as usize..][..4].copy_from_slice(&word.to_le_bytes());
    }
}

/// Calls all functions of the host's half with these numbers.
fn everything(memory: &mut [u8], numbers: &[u64]) {
    for number in numbers {
        kernel::free(memory, *number);
        _ = kernel::alloc(memory, *number);
        _ = kernel::block_mut(memory, *number).map(|block| block.len());
        let lengths = (kernel::length(memory, *number), kernel::reserve(memory, *number));
        let ranges = (kernel::block(memory, *number), kernel::output_range(memory), kernel::error(memory));
        _ = std::hint::black_box((lengths, ranges));
    }
    kernel::input_area(memory).fill(7);
    _ = kernel::commit_input(memory, 40);
    kernel::alloc_area(memory).fill(7);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn no_content_of_the_memory_makes_the_host_panic(
        words in prop::collection::vec(word(), 0..3_000),
        numbers in prop::collection::vec(prop_oneof![word().prop_map(u64::from), length()], 1..20),
    ) {
        let mut memory: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        everything(&mut memory, &numbers);
    }

    /// As long as only the kernel writes the header, everything stays within the heap.
    #[test]
    fn forged_blocks_do_not_reach_the_header(
        before in prop::collection::vec(length(), 1..40),
        forged in prop::collection::vec(forgery(), 1..60),
        numbers in prop::collection::vec(prop_oneof![(0..600_u64).prop_map(|granule| granule * 16), length()], 1..40),
    ) {
        // Little room, so that freed memory is reused.
        let mut memory = vec![0; 12_000];
        for (at, length) in before.iter().enumerate() {
            let handle = kernel::alloc(&mut memory, *length);
            if let (kernel::Alloc::Ok(handle), true) = (handle, at % 3 == 0) {
                kernel::free(&mut memory, handle);
            }
        }
        for forgery in forged {
            forgery.commit(&mut memory);
        }
        for number in numbers {
            kernel::free(&mut memory, number);
            if let kernel::Alloc::Ok(handle) = kernel::alloc(&mut memory, number) {
                prop_assert!(handle >= u64::from(FIRST));
                prop_assert!(kernel::block_mut(&mut memory, handle).is_ok());
            }
            prop_assert_eq!(&memory[..16], &[0; 16], "nothing but the kernel's own fields is written");
        }
    }
}
