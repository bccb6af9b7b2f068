//! Arithmetic on values. Values that are certainly equal become the same value.

use super::values::{Binary, Comparison, Expression, Type, Value, Values, low_half};

impl Values {
    pub(super) fn constant(&mut self, ty: Type, number: i64) -> Value {
        self.add(Expression::Sum(ty, Vec::new(), ty.signed(number)))
    }

    /// Returns the number that a value always is.
    pub(super) fn as_constant(&self, value: Value) -> Option<i64> {
        match self.get(value) {
            Expression::Sum(_, terms, number) if terms.is_empty() => Some(*number),
            _ => None,
        }
    }

    /// Returns a value as a sum: values with factors, and a constant.
    pub(super) fn terms(&self, value: Value) -> (Vec<(Value, i64)>, i64) {
        match self.get(value) {
            Expression::Sum(_, terms, number) => (terms.clone(), *number),
            _ => (vec![(value, 1)], 0),
        }
    }

    /// Returns `one + factor * other`.
    pub(super) fn plus(&mut self, ty: Type, one: Value, other: Value, factor: i64) -> Value {
        let (mut terms, number) = self.terms(one);
        let (added, other) = self.terms(other);
        terms.extend(added.into_iter().map(|(value, by)| (value, by.wrapping_mul(factor))));
        self.sum(ty, terms, number.wrapping_add(other.wrapping_mul(factor)))
    }

    /// Returns `one - other` if it is always the same number.
    pub(super) fn difference(&mut self, ty: Type, one: Value, other: Value) -> Option<i64> {
        let difference = self.plus(ty, one, other, -1);
        self.as_constant(difference)
    }

    fn times(&mut self, ty: Type, value: Value, factor: i64) -> Value {
        let (terms, number) = self.terms(value);
        let terms = terms.into_iter().map(|(value, by)| (value, by.wrapping_mul(factor))).collect();
        self.sum(ty, terms, number.wrapping_mul(factor))
    }

    fn sum(&mut self, ty: Type, mut terms: Vec<(Value, i64)>, number: i64) -> Value {
        terms.sort_unstable();
        let mut sum: Vec<(Value, i64)> = Vec::new();
        for (value, factor) in terms {
            match sum.last_mut() {
                Some((last, by)) if *last == value => *by = ty.signed(by.wrapping_add(factor)),
                _ => sum.push((value, ty.signed(factor))),
            }
        }
        sum.retain(|(_, factor)| *factor != 0);
        let number = ty.signed(number);
        match sum[..] {
            [(value, 1)] if number == 0 => value,
            _ => self.add(Expression::Sum(ty, sum, number)),
        }
    }

    pub(super) fn binary(&mut self, ty: Type, operator: Binary, one: Value, other: Value) -> Value {
        let commutes = matches!(operator, Binary::And | Binary::Or | Binary::Xor | Binary::Mul);
        let swap = commutes && self.as_constant(one).is_some();
        let (one, other) = if swap { (other, one) } else { (one, other) };
        let with_constant = match (self.as_constant(one), self.as_constant(other)) {
            (Some(one), Some(other)) => Some(self.constant(ty, computed(ty, operator, one, other))),
            (None, Some(number)) => self.binary_with(ty, operator, one, number),
            _ => None,
        };
        with_constant.unwrap_or_else(|| self.add(Expression::Binary(ty, operator, one, other)))
    }

    /// Simplifies an operation with a constant.
    fn binary_with(&mut self, ty: Type, operator: Binary, value: Value, number: i64) -> Option<Value> {
        match (operator, number) {
            (Binary::Mul, factor) => Some(self.times(ty, value, factor)),
            (Binary::Shl, by) => Some(self.times(ty, value, 1_i64.wrapping_shl(shift(ty, by)))),
            (Binary::And, 0) => Some(self.constant(ty, 0)),
            (Binary::And, -1) | (Binary::Or | Binary::Xor | Binary::ShrU | Binary::ShrS, 0) => Some(value),
            (Binary::And, 1) if self.is_boolean(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the low half of an `i64`.
    pub(super) fn wrap(&mut self, value: Value) -> Value {
        if let Some(wrapped) = self.wrapped.get(&value) {
            return *wrapped;
        }
        let wrapped = match self.get(value).clone() {
            Expression::ExtendU(narrow) | Expression::ExtendS(narrow) => narrow,
            Expression::Sum(_, terms, number) => {
                let mut sum = self.constant(Type::I32, number);
                for (value, factor) in terms {
                    let narrow = self.wrap(value);
                    sum = self.plus(Type::I32, sum, narrow, factor);
                }
                sum
            }
            Expression::Binary(_, Binary::And, one, other) => {
                let (one, other) = (self.wrap(one), self.wrap(other));
                self.binary(Type::I32, Binary::And, one, other)
            }
            _ => self.add(Expression::Wrap(value)),
        };
        self.wrapped.insert(value, wrapped);
        wrapped
    }

    /// Returns an `i32` as an `i64`.
    pub(super) fn extend(&mut self, value: Value, signed: bool) -> Value {
        match self.as_constant(value) {
            Some(number) if signed => self.constant(Type::I64, number),
            Some(number) => self.constant(Type::I64, low_half(number).into()),
            None if signed && !self.is_boolean(value) => self.add(Expression::ExtendS(value)),
            None => self.add(Expression::ExtendU(value)),
        }
    }

    pub(super) fn compare(&mut self, ty: Type, comparison: Comparison, one: Value, other: Value) -> Value {
        use Comparison::{Eq, LeS, LeU, LtU, Ne};
        if let (Some(one), Some(other)) = (self.as_constant(one), self.as_constant(other)) {
            return self.constant(Type::I32, compared(ty, comparison, one, other).into());
        }
        if one == other {
            return self.constant(Type::I32, matches!(comparison, Eq | LeU | LeS).into());
        }
        // `a < 1` is `a == 0`.
        let below_one = comparison == LtU && self.as_constant(other) == Some(1);
        let (comparison, other) = if below_one { (Eq, self.constant(ty, 0)) } else { (comparison, other) };
        let equality = matches!(comparison, Eq | Ne);
        let swap = equality && self.as_constant(one).is_some();
        let (one, other) = if swap { (other, one) } else { (one, other) };
        if equality && self.as_constant(other) == Some(0) {
            match *self.get(one) {
                Expression::Compare(..) if comparison == Ne => return one,
                Expression::Compare(ty, comparison, one, other) => return self.negated(ty, comparison, one, other),
                Expression::ExtendU(narrow) | Expression::ExtendS(narrow) => {
                    let zero = self.constant(Type::I32, 0);
                    return self.compare(Type::I32, comparison, narrow, zero);
                }
                _ => {}
            }
        }
        self.add(Expression::Compare(ty, comparison, one, other))
    }

    /// Returns whether a comparison does not hold.
    pub(super) fn negated(&mut self, ty: Type, comparison: Comparison, one: Value, other: Value) -> Value {
        let (comparison, one, other) = negation(comparison, one, other);
        self.compare(ty, comparison, one, other)
    }
}

/// Returns the comparison that holds exactly if the given one does not.
pub(super) fn negation(comparison: Comparison, one: Value, other: Value) -> (Comparison, Value, Value) {
    match comparison {
        Comparison::Eq => (Comparison::Ne, one, other),
        Comparison::Ne => (Comparison::Eq, one, other),
        Comparison::LtU => (Comparison::LeU, other, one),
        Comparison::LtS => (Comparison::LeS, other, one),
        Comparison::LeU => (Comparison::LtU, other, one),
        Comparison::LeS => (Comparison::LtS, other, one),
    }
}

/// Returns by how many bits a shift by this number shifts.
pub(super) fn shift(ty: Type, by: i64) -> u32 {
    low_half(by) % ty.bits()
}

fn computed(ty: Type, operator: Binary, one: i64, other: i64) -> i64 {
    match operator {
        Binary::And => one & other,
        Binary::Or => one | other,
        Binary::Xor => one ^ other,
        Binary::Mul => one.wrapping_mul(other),
        Binary::Shl => one.wrapping_shl(shift(ty, other)),
        Binary::ShrU => (ty.unsigned(one) >> shift(ty, other)).cast_signed(),
        Binary::ShrS => one >> shift(ty, other),
    }
}

fn compared(ty: Type, comparison: Comparison, one: i64, other: i64) -> bool {
    match comparison {
        Comparison::Eq => one == other,
        Comparison::Ne => one != other,
        Comparison::LtU => ty.unsigned(one) < ty.unsigned(other),
        Comparison::LtS => one < other,
        Comparison::LeU => ty.unsigned(one) <= ty.unsigned(other),
        Comparison::LeS => one <= other,
    }
}
