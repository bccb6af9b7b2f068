use wasmparser::{MemArg, Operator};

use super::values::{Binary, Comparison, Type};

/// An instruction on numbers.
#[derive(Clone, Copy)]
pub(super) enum Numeric {
    /// The first operand plus this factor times the second.
    Plus(Type, i64),
    Binary(Type, Binary),
    Compare(Type, Comparison),
    /// A comparison of the second operand with the first.
    CompareSwapped(Type, Comparison),
    IsZero(Type),
    Wrap,
    Extend {
        signed: bool,
    },
    /// One whose result is not tracked.
    Unknown {
        operands: usize,
    },
}

/// Returns what an instruction computes, if it is one on integers that cannot trap.
pub(super) fn numeric(operator: &Operator<'_>) -> Option<Numeric> {
    Some(match operator {
        Operator::I32WrapI64 => Numeric::Wrap,
        Operator::I64ExtendI32U => Numeric::Extend { signed: false },
        Operator::I64ExtendI32S => Numeric::Extend { signed: true },
        Operator::I32Clz
        | Operator::I32Ctz
        | Operator::I32Popcnt
        | Operator::I64Clz
        | Operator::I64Ctz
        | Operator::I64Popcnt
        | Operator::I32Extend8S
        | Operator::I32Extend16S
        | Operator::I64Extend8S
        | Operator::I64Extend16S
        | Operator::I64Extend32S => Numeric::Unknown { operands: 1 },
        Operator::I32Rotl | Operator::I32Rotr | Operator::I64Rotl | Operator::I64Rotr => {
            Numeric::Unknown { operands: 2 }
        }
        Operator::MemorySize { .. } => Numeric::Unknown { operands: 0 },
        other => return arithmetic(other).or_else(|| comparison(other)),
    })
}

fn arithmetic(operator: &Operator<'_>) -> Option<Numeric> {
    use Type::{I32, I64};
    Some(match operator {
        Operator::I32Add => Numeric::Plus(I32, 1),
        Operator::I64Add => Numeric::Plus(I64, 1),
        Operator::I32Sub => Numeric::Plus(I32, -1),
        Operator::I64Sub => Numeric::Plus(I64, -1),
        Operator::I32Mul => Numeric::Binary(I32, Binary::Mul),
        Operator::I64Mul => Numeric::Binary(I64, Binary::Mul),
        Operator::I32And => Numeric::Binary(I32, Binary::And),
        Operator::I64And => Numeric::Binary(I64, Binary::And),
        Operator::I32Or => Numeric::Binary(I32, Binary::Or),
        Operator::I64Or => Numeric::Binary(I64, Binary::Or),
        Operator::I32Xor => Numeric::Binary(I32, Binary::Xor),
        Operator::I64Xor => Numeric::Binary(I64, Binary::Xor),
        Operator::I32Shl => Numeric::Binary(I32, Binary::Shl),
        Operator::I64Shl => Numeric::Binary(I64, Binary::Shl),
        Operator::I32ShrU => Numeric::Binary(I32, Binary::ShrU),
        Operator::I64ShrU => Numeric::Binary(I64, Binary::ShrU),
        Operator::I32ShrS => Numeric::Binary(I32, Binary::ShrS),
        Operator::I64ShrS => Numeric::Binary(I64, Binary::ShrS),
        _ => return None,
    })
}

fn comparison(operator: &Operator<'_>) -> Option<Numeric> {
    use Comparison::{Eq, LeS, LeU, LtS, LtU, Ne};
    use Numeric::{Compare, CompareSwapped};
    use Type::{I32, I64};
    Some(match operator {
        Operator::I32Eqz => Numeric::IsZero(I32),
        Operator::I64Eqz => Numeric::IsZero(I64),
        Operator::I32Eq => Compare(I32, Eq),
        Operator::I64Eq => Compare(I64, Eq),
        Operator::I32Ne => Compare(I32, Ne),
        Operator::I64Ne => Compare(I64, Ne),
        Operator::I32LtU => Compare(I32, LtU),
        Operator::I64LtU => Compare(I64, LtU),
        Operator::I32LtS => Compare(I32, LtS),
        Operator::I64LtS => Compare(I64, LtS),
        Operator::I32LeU => Compare(I32, LeU),
        Operator::I64LeU => Compare(I64, LeU),
        Operator::I32LeS => Compare(I32, LeS),
        Operator::I64LeS => Compare(I64, LeS),
        Operator::I32GtU => CompareSwapped(I32, LtU),
        Operator::I64GtU => CompareSwapped(I64, LtU),
        Operator::I32GtS => CompareSwapped(I32, LtS),
        Operator::I64GtS => CompareSwapped(I64, LtS),
        Operator::I32GeU => CompareSwapped(I32, LeU),
        Operator::I64GeU => CompareSwapped(I64, LeU),
        Operator::I32GeS => CompareSwapped(I32, LeS),
        Operator::I64GeS => CompareSwapped(I64, LeS),
        _ => return None,
    })
}

/// Returns where an instruction accesses memory, how many bytes, and whether it stores.
pub(super) fn memory_access(operator: &Operator<'_>) -> Option<(MemArg, u32, bool)> {
    Some(match operator {
        Operator::I32Load8U { memarg }
        | Operator::I32Load8S { memarg }
        | Operator::I64Load8U { memarg }
        | Operator::I64Load8S { memarg } => (*memarg, 1, false),
        Operator::I32Load16U { memarg }
        | Operator::I32Load16S { memarg }
        | Operator::I64Load16U { memarg }
        | Operator::I64Load16S { memarg } => (*memarg, 2, false),
        Operator::I32Load { memarg } | Operator::I64Load32U { memarg } | Operator::I64Load32S { memarg } => {
            (*memarg, 4, false)
        }
        Operator::I64Load { memarg } => (*memarg, 8, false),
        Operator::I32Store8 { memarg } | Operator::I64Store8 { memarg } => (*memarg, 1, true),
        Operator::I32Store16 { memarg } | Operator::I64Store16 { memarg } => (*memarg, 2, true),
        Operator::I32Store { memarg } | Operator::I64Store32 { memarg } => (*memarg, 4, true),
        Operator::I64Store { memarg } => (*memarg, 8, true),
        _ => return None,
    })
}
