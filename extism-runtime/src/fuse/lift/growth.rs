//! Determines how values change from one iteration to the next, and for how many iterations conditions keep holding.

use std::collections::HashMap;

use super::{
    algebra::{negation, shift},
    locals::Locals,
    path::Path,
    values::{Binary, Comparison, Expression, Type, Value, Values},
};

/// A bound on the number of iterations that certainly follow the same path. Values are those at the start of
/// the first one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Bound {
    /// This must be non-zero for any iteration to follow the path.
    Holds(Value),
    /// `(high - low) / step`, modulo 2^32 or 2^64 before the division.
    Distance {
        ty: Type,
        low: Value,
        high: Value,
        step: u64,
        /// Whether no iteration follows the path if `low` is greater than `high`.
        ordered: bool,
    },
}

/// The changes of one path's values.
pub(super) struct Growth<'v> {
    pub(super) values: &'v mut Values,
    locals: &'v Locals,
    known: HashMap<Value, Option<i64>>,
    /// The conditions for these changes.
    pub(super) bounds: Vec<Bound>,
}

impl<'v> Growth<'v> {
    pub(super) fn new(values: &'v mut Values, locals: &'v Locals) -> Self {
        Self { values, locals, known: HashMap::new(), bounds: Vec::new() }
    }

    /// Adds the bounds up to which all conditions of the path hold. Returns `None` if one of them depends on
    /// data or holds for a single iteration only.
    pub(super) fn bound(&mut self, path: &Path<'_>) -> Option<()> {
        path.conditions.iter().try_for_each(|(value, truth)| self.condition(*value, *truth))
    }

    /// Returns by how much a value grows with each iteration, modulo 2^32 or 2^64. Adds the bounds up to which it does.
    pub(super) fn of(&mut self, value: Value) -> Option<i64> {
        if let Some(known) = self.known.get(&value) {
            return *known;
        }
        let growth = self.compute(value);
        self.known.insert(value, growth);
        growth
    }

    fn compute(&mut self, value: Value) -> Option<i64> {
        match self.values.get(value).clone() {
            Expression::Local(local, _) if self.locals.temporaries.contains(&local) => None,
            Expression::Local(local, _) => Some(self.locals.steps.get(&local).map_or(0, |(_, step)| *step)),
            Expression::Global(..) | Expression::Header(_) => Some(0),
            Expression::Sum(ty, terms, _) => {
                let mut sum = 0_i64;
                for (value, factor) in terms {
                    sum = sum.wrapping_add(self.of(value)?.wrapping_mul(factor));
                }
                Some(ty.signed(sum))
            }
            Expression::ExtendU(narrow) => self.unwrapped(Type::I32, narrow, false),
            Expression::ExtendS(narrow) => self.unwrapped(Type::I32, narrow, true),
            Expression::Wrap(wide) => self.of(wide).map(|growth| Type::I32.signed(growth)),
            Expression::Binary(ty, operator, one, other) => match (self.of(one)?, self.of(other)?) {
                (0, 0) => Some(0),
                (growth, 0) => self.binary(ty, operator, one, growth, other),
                _ => None,
            },
            Expression::Compare(_, _, one, other) => (self.of(one)? == 0 && self.of(other)? == 0).then_some(0),
            Expression::Loaded(_) | Expression::Unknown(_) | Expression::Foreign(_) | Expression::TooLarge(_) => None,
        }
    }

    /// Returns the growth of a value as a number, not modulo a power of two, and adds the bound up to which
    /// this is exact.
    fn unwrapped(&mut self, ty: Type, value: Value, signed: bool) -> Option<i64> {
        let growth = self.of(value)?;
        let (min, max) = match (ty, signed) {
            (_, false) => (0, -1),
            (Type::I32, true) => (i32::MIN.into(), i32::MAX.into()),
            (Type::I64, true) => (i64::MIN, i64::MAX),
        };
        if growth != 0 {
            let (low, high) = if growth > 0 {
                (value, self.values.constant(ty, max))
            } else {
                (self.values.constant(ty, min), value)
            };
            self.add(Bound::Distance { ty, low, high, step: growth.unsigned_abs(), ordered: false });
        }
        Some(growth)
    }

    /// Returns the growth of an operation with a constant on a value that grows.
    fn binary(&mut self, ty: Type, operator: Binary, value: Value, growth: i64, other: Value) -> Option<i64> {
        let number = self.values.as_constant(other)?;
        // The bits of the value that stay as they are.
        let still = growth.trailing_zeros().min(62);
        let is_still = |bits: u64| bits < 1 << still;
        match operator {
            // Clears low bits that stay as they are.
            Binary::And if is_still(ty.unsigned(!number)) && clears_low_bits(ty.unsigned(!number)) => Some(growth),
            // Leaves only bits that stay as they are.
            Binary::And if is_still(ty.unsigned(number)) => Some(0),
            // Clears low bits that stay as they are, and the high half, which is and stays 0.
            Binary::And if ty == Type::I64 && growth > 0 => {
                let cleared = Type::I32.unsigned(!number);
                let low_half = number.cast_unsigned() <= Type::I32.unsigned(-1);
                if !low_half || !is_still(cleared) || !clears_low_bits(cleared) {
                    return None;
                }
                let high = self.values.constant(ty, Type::I32.unsigned(-1).cast_signed());
                self.add(Bound::Distance { ty, low: value, high, step: growth.unsigned_abs(), ordered: true });
                Some(growth)
            }
            Binary::Or | Binary::Xor if is_still(ty.unsigned(number)) => Some(growth),
            Binary::ShrU | Binary::ShrS => {
                let by = shift(ty, number);
                if by > still {
                    return None;
                }
                Some(self.unwrapped(ty, value, operator == Binary::ShrS)? >> by)
            }
            _ => None,
        }
    }

    fn condition(&mut self, value: Value, truth: bool) -> Option<()> {
        let compared = if let Expression::Compare(ty, comparison, one, other) = *self.values.get(value) {
            (ty, comparison, one, other)
        } else {
            let ty = self.values.ty(value);
            (ty, Comparison::Ne, value, self.values.constant(ty, 0))
        };
        let (ty, comparison, one, other) = compared;
        let (comparison, one, other) = if truth { (comparison, one, other) } else { negation(comparison, one, other) };
        match (self.of(one)?, self.of(other)?) {
            (0, 0) => self.holds(ty, comparison, one, other),
            growths => match comparison {
                Comparison::Eq => None,
                Comparison::Ne => self.differ(ty, one, other, ty.signed(growths.0.wrapping_sub(growths.1))),
                _ => self.ordered(ty, comparison, (one, growths.0), (other, growths.1)),
            },
        }
    }

    /// A comparison must hold now.
    fn holds(&mut self, ty: Type, comparison: Comparison, one: Value, other: Value) -> Option<()> {
        let holds = self.values.compare(ty, comparison, one, other);
        match self.values.as_constant(holds) {
            Some(0) => None,
            Some(_) => Some(()),
            None => {
                self.add(Bound::Holds(holds));
                Some(())
            }
        }
    }

    /// Two values must not become equal, when one grows by this much more than the other.
    fn differ(&mut self, ty: Type, one: Value, other: Value, growth: i64) -> Option<()> {
        let (low, high) = if growth > 0 { (one, other) } else { (other, one) };
        let step = growth.unsigned_abs();
        if step != 0 {
            self.add(Bound::Distance { ty, low, high, step, ordered: false });
        }
        (step != 0).then_some(())
    }

    /// One value must stay below another (or equal to it), when one of them grows or shrinks.
    fn ordered(
        &mut self,
        ty: Type,
        comparison: Comparison,
        (one, one_grows): (Value, i64),
        (other, other_grows): (Value, i64),
    ) -> Option<()> {
        let (low, high) = (self.biased(ty, comparison, one), self.biased(ty, comparison, other));
        let (min, max) = (self.values.constant(ty, 0), self.values.constant(ty, -1));
        let step = one_grows.unsigned_abs().max(other_grows.unsigned_abs());
        match (one_grows.signum(), other_grows.signum()) {
            // The values approach each other.
            (1, 0) | (0, -1) => self.add(Bound::Distance { ty, low, high, step, ordered: true }),
            // The values diverge, until one of them wraps around.
            (-1, 0) => {
                self.holds(ty, comparison, one, other)?;
                self.add(Bound::Distance { ty, low: min, high: low, step, ordered: false });
            }
            (0, 1) => {
                self.holds(ty, comparison, one, other)?;
                self.add(Bound::Distance { ty, low: high, high: max, step, ordered: false });
            }
            _ => return None,
        }
        Some(())
    }

    /// Returns a value such that the unsigned order is the order of this comparison.
    fn biased(&mut self, ty: Type, comparison: Comparison, value: Value) -> Value {
        if !comparison.is_signed() {
            return value;
        }
        let half = self.values.constant(ty, 1 << (ty.bits() - 1));
        self.values.plus(ty, value, half, 1)
    }

    fn add(&mut self, bound: Bound) {
        if !self.bounds.contains(&bound) {
            self.bounds.push(bound);
        }
    }
}

/// Returns whether a mask that clears these bits clears the lowest ones, and no others.
fn clears_low_bits(bits: u64) -> bool {
    bits & bits.wrapping_add(1) == 0
}
