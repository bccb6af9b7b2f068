use wasm_encoder::{Instruction, MemArg};

use super::values::{Binary, Comparison, Expression, Type, Value, Values, low_half};
use crate::fuse::plan::Plan;

/// The maximum number of instructions in front of a loop.
const MAX_INSTRUCTIONS: usize = 300;

/// Writes instructions.
pub(super) struct Writer<'a> {
    pub(super) values: &'a Values,
    pub(super) plan: &'a Plan,
    /// The local that holds the number of iterations that are done at once.
    pub(super) count: u32,
    /// A local for intermediate results.
    pub(super) other: u32,
    /// The number of bytes that an iteration copies.
    pub(super) bytes: u64,
    pub(super) code: Vec<Instruction<'static>>,
}

impl Writer<'_> {
    /// Pushes a value. Returns `None` if the code gets too long, or the value is known only inside the loop.
    pub(super) fn value(&mut self, value: Value) -> Option<()> {
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

    /// Pushes a field of the kernel's header.
    pub(super) fn header(&mut self, field: u32) {
        let argument = MemArg { offset: field.into(), align: 3, memory_index: self.plan.memory };
        self.all([Instruction::I32Const(0), Instruction::I64Load(argument)]);
    }

    /// Multiplies what was pushed last.
    pub(super) fn scale(&mut self, ty: Type, factor: i64) {
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
    pub(super) fn divide(&mut self, step: u64) {
        if step.is_power_of_two() {
            if step > 1 {
                self.all([Instruction::I64Const(step.trailing_zeros().into()), Instruction::I64ShrU]);
            }
        } else {
            self.all([Instruction::I64Const(step.cast_signed()), Instruction::I64DivU]);
        }
    }

    fn constant(&mut self, ty: Type, number: i64) {
        self.push(match ty {
            Type::I32 => Instruction::I32Const(low_half(number).cast_signed()),
            Type::I64 => Instruction::I64Const(number),
        });
    }

    pub(super) fn push(&mut self, instruction: Instruction<'static>) {
        self.code.push(instruction);
    }

    pub(super) fn all<const N: usize>(&mut self, instructions: [Instruction<'static>; N]) {
        self.code.extend(instructions);
    }
}

pub(super) fn in_type(ty: Type, narrow: Instruction<'static>, wide: Instruction<'static>) -> Instruction<'static> {
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
