#![allow(clippy::many_single_char_names, clippy::too_many_lines, reason = "lists of edges; the loops' variables")]

use super::pick;
use crate::{fuzzing_numbers::Numbers, kernel::layout::HEAP};

/// The initial size of the kernel's memory.
const KERNEL: i64 = 16 << 16;
/// The size of the guest's.
const GUEST: i64 = 2 << 16;

/// The arguments and the state for a run of a loop.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    /// The function's arguments, in the order of its parameters.
    pub(crate) arguments: Vec<i64>,
    pub(crate) input_offset: u64,
    pub(crate) input_length: u64,
    /// Whether the input is at the end of the memory instead.
    pub(crate) input_at_end: bool,
}

impl Scene {
    /// Reads arguments for [`module`](super::module): most such that the loop copies something, others at the edges of
    /// memories and of numbers.
    pub(super) fn read(numbers: &mut Numbers<'_>) -> Self {
        let length = pick(
            numbers,
            &[80, 0, 8, 64, 71, 72, 73, 79, 81, 88, 100, 128, 200, 513, 1000, 1024, 2000, 4000, 4100, 8200, 12_288],
        );
        let guest = pick(
            numbers,
            &[
                1024,
                5000 + 4096 + 8,
                1024,
                5000,
                20_000,
                30_001,
                1024,
                5000 + 4096 + 8,
                1024,
                40_960 + 5000 + 1,
                1024,
                8,
                1000,
                20_003,
                0,
                GUEST - length,
                GUEST - length / 2,
                GUEST - length - 1,
                GUEST - 6,
                -8,
                -256,
                i64::from(i32::MIN),
                3,
            ],
        );
        let heap = i64::from(HEAP);
        let kernel = pick(
            numbers,
            &[
                5000,
                heap + 16,
                5001,
                70_000,
                5000,
                5000,
                6400,
                5000,
                5000,
                heap,
                heap - 16,
                0,
                KERNEL - length,
                KERNEL - length / 2,
                KERNEL - 4,
                KERNEL + 10,
                1 << 32,
                (1 << 32) + 6000,
                -16,
                -200,
                16,
            ],
        );
        let index = pick(
            numbers,
            &[0, 0, 0, 0, 0, 8, 64, 3, -8, 0x7fff_ffc0, 0xffff_ff00, 0x7fff_fff8, 100, -64, i64::MAX - 100, 1 << 32],
        );
        let bias = pick(numbers, &[0, 0, 0, 0, 1, -1, 7, -7, 8]);
        let count = match numbers.u8() % 4 {
            0 => 700,
            1 => length,
            2 => length / 8 + pick(numbers, &[0, 1, -1]),
            _ => length / 8 / pick(numbers, &[1, 2, 4]),
        };
        // The bases are such that the first address is the one above.
        let (guest_base, kernel_base) = match numbers.u8() % 3 {
            0 => (guest, kernel),
            _ => (guest.wrapping_sub(index), kernel.wrapping_sub(index)),
        };
        let second_base = kernel_base.wrapping_add(pick(
            numbers,
            &[16_384, 4096, 16_384 + 12, 8192 + 1, 16, 64, 8, 0, -8, 512, -4096, -8192 + 7, 100, -64],
        ));
        let bound = index.wrapping_add(length).wrapping_add(bias);
        let words = index.wrapping_add(length / 8).wrapping_add(bias);
        let [p, i, j, o, c, n, m, b, a, a2, k, q] = [
            guest,
            index,
            index,
            kernel,
            count.clamp(1, 5000),
            bound,
            bound,
            guest_base,
            kernel_base,
            second_base,
            pick(numbers, &[0, 0, 1, 5, -1]),
            words,
        ];
        let input_length = pick(numbers, &[4001, 16_384, 0, 5, 64, 80, 100, 200, 1000, 1024]);
        Self {
            arguments: vec![p, i, j, o, c, n, m, b, a, a2, k, q],
            input_offset: 6000,
            input_length,
            input_at_end: numbers.u8() % 5 == 4,
        }
    }
}
