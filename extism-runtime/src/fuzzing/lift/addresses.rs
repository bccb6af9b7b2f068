//! The ways in which generated loops compute addresses.

use super::pick;
use crate::fuzzing_numbers::Numbers;

/// How a loop computes addresses in the guest's memory.
pub(super) struct GuestAddress {
    base: &'static str,
    /// The offset of its instructions.
    offset: u32,
}

impl GuestAddress {
    pub(super) fn read(numbers: &mut Numbers<'_>) -> Self {
        let base = pick(
            numbers,
            &[
                "(local.get $p)",
                "(local.get $p)",
                "(i32.add (local.get $b) (local.get $i))",
                "(i32.add (local.get $i) (local.get $b))",
                "(i32.wrap_i64 (local.get $j))",
                "(i32.add (i32.wrap_i64 (local.get $j)) (local.get $b))",
                "(i32.add (local.get $b) (i32.and (local.get $i) (i32.const -8)))",
                "(i32.add (local.get $b) (i32.wrap_i64 (i64.and (local.get $j) (i64.const 4294967288))))",
                "(i32.add (local.get $b) (i32.shl (local.get $k) (i32.const 3)))",
                "(i32.add (local.get $b) (i32.mul (local.get $k) (i32.const 8)))",
                "(i32.or (local.get $i) (i32.const 1))",
                "(i32.sub (local.get $p) (i32.const 8))",
                "(call $identity (local.get $p))",
            ],
        );
        let offset = pick(numbers, &[0, 0, 0, 0, 0, 8, 16, 1, 60_000, 0xffff_ff00]);
        Self { base, offset }
    }

    /// Returns the offset and the address of the data this many bytes after the first access of an iteration.
    pub(super) fn at(&self, distance: u32, numbers: &mut Numbers<'_>) -> (u32, String) {
        if numbers.u8().is_multiple_of(2) {
            (self.offset.saturating_add(distance), self.base.to_owned())
        } else {
            (self.offset, format!("(i32.add {} (i32.const {distance}))", self.base))
        }
    }
}

/// How a loop computes addresses in the kernel's memory.
pub(super) struct KernelAddress(&'static str);

impl KernelAddress {
    pub(super) fn read(numbers: &mut Numbers<'_>) -> Self {
        Self(pick(
            numbers,
            &[
                "(local.get $o)",
                "(local.get $o)",
                "(i64.add (local.get $a) (local.get $j))",
                "(i64.add (i64.extend_i32_u (local.get $i)) (local.get $a))",
                "(i64.add (i64.extend_i32_s (local.get $i)) (local.get $a))",
                "(local.get $j)",
                "(i64.add (local.get $a) (i64.extend_i32_u (i32.and (local.get $i) (i32.const -8))))",
                "(i64.extend_i32_u (local.get $i))",
                "(i64.add (local.get $a) (i64.shl (i64.extend_i32_u (local.get $k)) (i64.const 3)))",
                "(i64.add (local.get $a) (i64.extend_i32_u (i32.shl (local.get $k) (i32.const 3))))",
                "(i64.or (local.get $o) (i64.const 1))",
                "(i64.sub (local.get $o) (i64.const 8))",
                "(i64.add (local.get $a) (i64.shr_u (i64.mul (local.get $j) (i64.const 4)) (i64.const 2)))",
                "(i64.add (local.get $a) (i64.and (local.get $j) (i64.const 0xfffffff8)))",
            ],
        ))
    }

    /// Returns the address of the data this many bytes after the first access of an iteration.
    pub(super) fn at(&self, distance: u32) -> String {
        if distance == 0 { self.0.to_owned() } else { format!("(i64.add {} (i64.const {distance}))", self.0) }
    }
}
