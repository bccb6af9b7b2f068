//! The code in front of a loop: runs those of its iterations at once that certainly do nothing but copy.
//!
//! ```text
//! block
//!   n = a bound;  leave if n < MIN                   ;; all that a short loop pays
//!   n = min(n, other bounds);  leave if a condition does not hold
//!   n = n - 1, if the loop must set temporaries
//!   kernel:  at = address - HEAP;  leave if at > LIMIT;  n = min(n, (LIMIT - at) / bytes)
//!   guest:   leave if address + offset + n * bytes > size of the memory
//!   both in the kernel:  leave if the ranges overlap
//!   leave if n < MIN;  each induction variable += n * its step;  memory.copy, in pieces where that is faster
//! end
//! loop ... the loop as it was ... end
//! ```

use wasm_encoder::{BlockType, Encode, Instruction};

use super::{
    copied::{Copied, Range},
    emit::{Writer, in_type},
    growth::Bound,
    locals::Locals,
    path::Place,
    values::{Type, Value, Values},
};
use crate::{
    fuse::{pieces, plan::Plan},
    kernel::layout,
};

/// The minimum number of bytes that are copied at once: copying them in a loop takes about as long as calling
/// the engine.
const MIN_BYTES: u64 = 72;

/// The code in front of a loop.
pub(super) struct Front {
    pub(super) code: Vec<u8>,
    pub(super) instructions: u64,
    pub(super) branches: u64,
}

impl Front {
    /// Writes the code. `scratch` is the index of the scratch locals. Returns `None` if it would be too long, or no bound
    /// limits the iterations.
    pub(super) fn new(
        values: &Values,
        plan: &Plan,
        scratch: u32,
        locals: &Locals,
        copied: &Copied,
        bounds: &[Bound],
    ) -> Option<Self> {
        let mut writer =
            Writer { values, plan, count: scratch, other: scratch + 1, bytes: copied.bytes, code: Vec::new() };
        writer.write(locals, copied, bounds)?;
        let mut code = Vec::new();
        writer.code.iter().for_each(|instruction| instruction.encode(&mut code));
        let branches = writer.code.iter().filter(|instruction| matches!(instruction, Instruction::BrIf(_))).count();
        Some(Self { code, instructions: writer.code.len() as u64, branches: branches as u64 })
    }
}

impl Writer<'_> {
    fn write(&mut self, locals: &Locals, copied: &Copied, bounds: &[Bound]) -> Option<()> {
        self.push(Instruction::Block(BlockType::Empty));
        self.bounds(bounds)?;
        if !locals.temporaries.is_empty() {
            // The loop itself sets them, in one more iteration.
            self.leave_if_few();
            self.all([Instruction::LocalGet(self.count), Instruction::I64Const(1), Instruction::I64Sub]);
            self.push(Instruction::LocalSet(self.count));
        }
        let ranges = [copied.to, copied.from];
        for range in ranges.iter().filter(|range| !range.place.is_guest()) {
            self.limit_in_kernel(range)?;
        }
        for range in &ranges {
            if let Place::Guest(memory) = range.place {
                self.leave_if_outside(range, memory)?;
            }
        }
        if ranges.iter().all(|range| !range.place.is_guest()) {
            self.leave_if_overlapping(copied)?;
        }
        self.leave_if_few();
        self.length();
        self.push(Instruction::I32WrapI64);
        self.starts(copied)?;
        self.advance(locals);
        let [dst_mem, src_mem] = [copied.to, copied.from].map(|range| self.memory(range.place));
        pieces::copy_disjoint(self.count, dst_mem, src_mem, &mut self.code);
        self.push(Instruction::End);
        Some(())
    }

    /// Sets the count to the least of the bounds.
    fn bounds(&mut self, bounds: &[Bound]) -> Option<()> {
        let mut sorted = bounds.to_vec();
        sorted.sort_by_key(|bound| self.rank(bound));
        let mut is_first = true;
        for bound in &sorted {
            match *bound {
                Bound::Holds(condition) => {
                    self.value(condition)?;
                    self.all([Instruction::I32Eqz, Instruction::BrIf(0)]);
                }
                Bound::Distance { ty, low, high, step, ordered } => {
                    if ordered {
                        self.value(high)?;
                        self.value(low)?;
                        self.all([in_type(ty, Instruction::I32LtU, Instruction::I64LtU), Instruction::BrIf(0)]);
                    }
                    self.distance(ty, low, high)?;
                    self.divide(step);
                    if is_first {
                        self.push(Instruction::LocalSet(self.count));
                        self.leave_if_few();
                    } else {
                        self.lower();
                    }
                    is_first = false;
                }
            }
        }
        (!is_first).then_some(())
    }

    /// Returns the order in which a bound is checked: first where loops end, so that short ones leave early;
    /// last the bounds that rarely matter.
    fn rank(&self, bound: &Bound) -> u8 {
        match *bound {
            Bound::Distance { ordered: false, low, high, .. }
                if self.values.as_constant(high).is_none()
                    && self.values.as_constant(low).is_none_or(|low| low == 0) =>
            {
                0
            }
            Bound::Distance { ordered: true, .. } => 1,
            Bound::Holds(_) => 2,
            Bound::Distance { .. } => 3,
        }
    }

    /// Pushes the difference, as an `i64`.
    fn distance(&mut self, ty: Type, low: Value, high: Value) -> Option<()> {
        self.value(high)?;
        if self.values.as_constant(low) != Some(0) {
            self.value(low)?;
            self.push(in_type(ty, Instruction::I32Sub, Instruction::I64Sub));
        }
        if ty == Type::I32 {
            self.push(Instruction::I64ExtendI32U);
        }
        Some(())
    }

    /// Lowers the count so that the range lies within the part of the kernel's memory that the guest may access.
    fn limit_in_kernel(&mut self, range: &Range) -> Option<()> {
        self.value(range.address)?;
        let limit = if range.place == Place::Input {
            layout::INPUT_LENGTH
        } else {
            self.all([Instruction::I64Const(layout::HEAP.into()), Instruction::I64Sub]);
            layout::LIMIT
        };
        self.push(Instruction::LocalTee(self.other));
        self.header(limit);
        self.all([Instruction::I64GtU, Instruction::BrIf(0)]);
        self.header(limit);
        self.all([Instruction::LocalGet(self.other), Instruction::I64Sub]);
        self.divide(self.bytes);
        self.lower();
        Some(())
    }

    /// Leaves if the range is outside of the guest's memory: the loop itself traps where it must.
    fn leave_if_outside(&mut self, range: &Range, memory: u32) -> Option<()> {
        self.guest_address(range)?;
        self.length();
        self.all([Instruction::I64Add, Instruction::MemorySize(self.plan.memory(memory)), Instruction::I64ExtendI32U]);
        self.all([Instruction::I64Const(16), Instruction::I64Shl, Instruction::I64GtU, Instruction::BrIf(0)]);
        Some(())
    }

    /// Leaves if one range of the kernel's memory begins in the other.
    fn leave_if_overlapping(&mut self, copied: &Copied) -> Option<()> {
        for (one, other) in [(&copied.to, &copied.from), (&copied.from, &copied.to)] {
            self.kernel_address(one)?;
            self.kernel_address(other)?;
            self.push(Instruction::I64Sub);
            self.length();
            self.all([Instruction::I64LtU, Instruction::BrIf(0)]);
        }
        Some(())
    }

    /// Pushes where the ranges start, as `i64`: the destination, then the source.
    fn starts(&mut self, copied: &Copied) -> Option<()> {
        for range in [&copied.to, &copied.from] {
            if range.place.is_guest() {
                self.guest_address(range)?;
            } else {
                self.kernel_address(range)?;
            }
        }
        Some(())
    }

    /// Pushes where a range of the guest's memory starts, as an `i64`.
    fn guest_address(&mut self, range: &Range) -> Option<()> {
        self.value(range.address)?;
        self.push(Instruction::I64ExtendI32U);
        if range.offset > 0 {
            self.all([Instruction::I64Const(i64::try_from(range.offset).ok()?), Instruction::I64Add]);
        }
        Some(())
    }

    /// Advances the induction variables by the iterations.
    fn advance(&mut self, locals: &Locals) {
        for (local, (ty, step)) in &locals.steps {
            self.all([Instruction::LocalGet(*local), Instruction::LocalGet(self.count)]);
            if *ty == Type::I32 {
                self.push(Instruction::I32WrapI64);
            }
            self.scale(*ty, *step);
            self.all([in_type(*ty, Instruction::I32Add, Instruction::I64Add), Instruction::LocalSet(*local)]);
        }
    }

    /// Pushes where a range of the kernel's memory starts, as an `i64`.
    fn kernel_address(&mut self, range: &Range) -> Option<()> {
        self.value(range.address)?;
        if range.place == Place::Input {
            self.header(layout::INPUT_OFFSET);
            self.push(Instruction::I64Add);
        }
        Some(())
    }

    /// Pushes the number of bytes that all iterations copy.
    fn length(&mut self) {
        self.push(Instruction::LocalGet(self.count));
        self.scale(Type::I64, self.bytes.cast_signed());
    }

    /// Lowers the count to what was pushed last.
    fn lower(&mut self) {
        let (count, other) = (self.count, self.other);
        self.all([Instruction::LocalTee(other), Instruction::LocalGet(count), Instruction::LocalGet(other)]);
        self.all([Instruction::LocalGet(count), Instruction::I64LtU, Instruction::Select]);
        self.push(Instruction::LocalSet(count));
    }

    fn leave_if_few(&mut self) {
        let fewest = MIN_BYTES.div_ceil(self.bytes).max(2).cast_signed();
        self.all([Instruction::LocalGet(self.count), Instruction::I64Const(fewest)]);
        self.all([Instruction::I64LtU, Instruction::BrIf(0)]);
    }

    fn memory(&self, place: Place) -> u32 {
        match place {
            Place::Guest(memory) => self.plan.memory(memory),
            Place::Heap | Place::Input => self.plan.memory,
        }
    }
}
