//! The code in front of a loop: runs as many of its iterations at once as certainly do nothing but copy.
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

use wasm_encoder::{BlockType, Encode, Instruction, MemArg};

use super::{
    copied::{Copied, Range},
    growth::Bound,
    locals::Locals,
    path::Place,
    values::{Binary, Comparison, Expression, Type, Value, Values},
};
use crate::{
    fuse::{pieces, plan::Plan},
    kernel::layout,
};

/// The fewest bytes that are copied at once: about as many as take a loop as long as calling the engine.
const MIN_BYTES: u64 = 72;
/// The most instructions in front of a loop.
const MAX_INSTRUCTIONS: usize = 300;

/// The code in front of a loop.
pub(super) struct Front {
    pub(super) code: Vec<u8>,
    pub(super) instructions: u64,
    pub(super) branches: u64,
}

impl Front {
    /// Writes the code. `scratch` is the index of the scratch locals, which hold nothing of
    /// the guest's.
    /// Returns `None` if it would be too long, or no bound limits the iterations.
    pub(super) fn new(
        values: &Values,
        plan: &Plan,
        scratch: u32,
        locals: &Locals,
        copied: &Copied,
        bounds: &[Bound],
    ) -> Option<Self> {
        let mut writer = Writer { values, plan, count: scratch, other: scratch + 1, bytes: copied.bytes, code: Vec::new() };
        writer.write(locals, copied, bounds)?;
        let mut code = Vec::new();
        writer.code.iter().for_each(|instruction| instruction.encode(&mut code));
        let branches = writer.code.iter().filter(|instruction| matches!(instruction, Instruction::BrIf(_))).count();
        Some(Self { code, instructions: writer.code.len() as u64, branches: branches as u64 })
    }
}

struct Writer<'a> {
    values: &'a Values,
    plan: &'a Plan,
    /// The local that holds how many iterations are done at once.
    count: u32,
    /// A local for intermediate results.
    other: u32,
    /// How many bytes an iteration copies.
    bytes: u64,
    code: Vec<Instruction<'static>>,
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

    /// Returns when to look at a bound: first where loops end, so that short ones leave soon; last what rarely matters.
    fn rank(&self, bound: &Bound) -> u8 {
        match *bound {
            Bound::Distance { ordered: false, low, high, .. }
                if self.values.as_constant(high).is_none() && self.values.as_constant(low).is_none_or(|low| low == 0) =>
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

    /// Lowers the count so far that the range lies within what the guest may access of the kernel's memory.
    fn limit_in_kernel(&mut self, range: &Range) -> Option<()> {
        self.value(range.address)?;
        let limit = match range.place {
            Place::Input => layout::INPUT_LENGTH,
            _ => {
                self.all([Instruction::I64Const(layout::HEAP.into()), Instruction::I64Sub]);
                layout::LIMIT
            }
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

    /// Leaves if the range is not within the guest's memory: the loop itself traps where it must.
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

    /// Makes the induction variables what they are after the iterations.
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

    /// Pushes a value. Returns `None` if the code gets too long, or the value is known in the loop only.
    fn value(&mut self, value: Value) -> Option<()> {
        if self.code.len() > MAX_INSTRUCTIONS {
            return None;
        }
        match self.values.get(value) {
            Expression::Local(local, _) => self.push(Instruction::LocalGet(*local)),
            Expression::Global(global, _) => self.push(Instruction::GlobalGet(*global)),
            Expression::Header(field) => self.header(*field),
            Expression::Sum(ty, terms, number) => self.sum(*ty, terms, *number)?,
            Expression::Binary(ty, operator, one, other) => self.operation(*one, *other, binary(*ty, *operator))?,
            Expression::Compare(ty, operator, one, other) => self.operation(*one, *other, compare(*ty, *operator))?,
            Expression::ExtendU(narrow) => self.conversion(*narrow, Instruction::I64ExtendI32U)?,
            Expression::ExtendS(narrow) => self.conversion(*narrow, Instruction::I64ExtendI32S)?,
            Expression::Wrap(wide) => self.conversion(*wide, Instruction::I32WrapI64)?,
            Expression::Loaded(_) | Expression::Unknown(_) | Expression::Foreign(_) | Expression::TooLarge(_) => {
                return None;
            }
        }
        Some(())
    }

    fn sum(&mut self, ty: Type, terms: &[(Value, i64)], number: i64) -> Option<()> {
        let (subtracted, added): (Vec<_>, Vec<_>) = terms.iter().partition(|(_, factor)| *factor == -1);
        let add = in_type(ty, Instruction::I32Add, Instruction::I64Add);
        for (at, (value, factor)) in added.iter().enumerate() {
            self.value(*value)?;
            self.scale(ty, *factor);
            self.code.extend((at > 0).then(|| add.clone()));
        }
        if added.is_empty() || number != 0 {
            self.constant(ty, number);
            self.code.extend((!added.is_empty()).then_some(add));
        }
        for (value, _) in subtracted {
            self.value(value)?;
            self.push(in_type(ty, Instruction::I32Sub, Instruction::I64Sub));
        }
        Some(())
    }

    fn operation(&mut self, one: Value, other: Value, instruction: Instruction<'static>) -> Option<()> {
        self.value(one)?;
        self.conversion(other, instruction)
    }

    fn conversion(&mut self, value: Value, instruction: Instruction<'static>) -> Option<()> {
        self.value(value)?;
        self.push(instruction);
        Some(())
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

    /// Pushes how many bytes all iterations copy.
    fn length(&mut self) {
        self.push(Instruction::LocalGet(self.count));
        self.scale(Type::I64, self.bytes.cast_signed());
    }

    /// Pushes a field of the kernel's header.
    fn header(&mut self, field: u32) {
        let argument = MemArg { offset: field.into(), align: 3, memory_index: self.plan.memory };
        self.all([Instruction::I32Const(0), Instruction::I64Load(argument)]);
    }

    /// Multiplies what was pushed last.
    fn scale(&mut self, ty: Type, factor: i64) {
        if factor == 1 {
            return;
        }
        if factor.count_ones() == 1 {
            self.constant(ty, factor.trailing_zeros().into());
            self.push(in_type(ty, Instruction::I32Shl, Instruction::I64Shl));
        } else {
            self.constant(ty, factor);
            self.push(in_type(ty, Instruction::I32Mul, Instruction::I64Mul));
        }
    }

    /// Divides what was pushed last by a number that is not 0.
    fn divide(&mut self, step: u64) {
        if step.is_power_of_two() {
            if step > 1 {
                self.all([Instruction::I64Const(step.trailing_zeros().into()), Instruction::I64ShrU]);
            }
        } else {
            self.all([Instruction::I64Const(step.cast_signed()), Instruction::I64DivU]);
        }
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

    fn constant(&mut self, ty: Type, number: i64) {
        self.push(match ty {
            Type::I32 => Instruction::I32Const(super::values::low_half(number).cast_signed()),
            Type::I64 => Instruction::I64Const(number),
        });
    }

    fn memory(&self, place: Place) -> u32 {
        match place {
            Place::Guest(memory) => self.plan.memory(memory),
            Place::Heap | Place::Input => self.plan.memory,
        }
    }

    fn push(&mut self, instruction: Instruction<'static>) {
        self.code.push(instruction);
    }

    fn all<const N: usize>(&mut self, instructions: [Instruction<'static>; N]) {
        self.code.extend(instructions);
    }
}

fn in_type(ty: Type, narrow: Instruction<'static>, wide: Instruction<'static>) -> Instruction<'static> {
    match ty {
        Type::I32 => narrow,
        Type::I64 => wide,
    }
}

fn binary(ty: Type, operator: Binary) -> Instruction<'static> {
    let (narrow, wide) = match operator {
        Binary::And => (Instruction::I32And, Instruction::I64And),
        Binary::Or => (Instruction::I32Or, Instruction::I64Or),
        Binary::Xor => (Instruction::I32Xor, Instruction::I64Xor),
        Binary::Shl => (Instruction::I32Shl, Instruction::I64Shl),
        Binary::ShrU => (Instruction::I32ShrU, Instruction::I64ShrU),
        Binary::ShrS => (Instruction::I32ShrS, Instruction::I64ShrS),
        Binary::Mul => (Instruction::I32Mul, Instruction::I64Mul),
    };
    in_type(ty, narrow, wide)
}

fn compare(ty: Type, comparison: Comparison) -> Instruction<'static> {
    let (narrow, wide) = match comparison {
        Comparison::Eq => (Instruction::I32Eq, Instruction::I64Eq),
        Comparison::Ne => (Instruction::I32Ne, Instruction::I64Ne),
        Comparison::LtU => (Instruction::I32LtU, Instruction::I64LtU),
        Comparison::LtS => (Instruction::I32LtS, Instruction::I64LtS),
        Comparison::LeU => (Instruction::I32LeU, Instruction::I64LeU),
        Comparison::LeS => (Instruction::I32LeS, Instruction::I64LeS),
    };
    in_type(ty, narrow, wide)
}
