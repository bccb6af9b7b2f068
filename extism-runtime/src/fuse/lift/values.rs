use std::collections::HashMap;

use wasmparser::ValType;

/// The maximum depth of an expression, and number of terms of a sum. What a compiler computes in a copy loop
/// is far below; anything larger is an [`Expression::TooLarge`].
const MAX_DEPTH: u8 = 12;
const MAX_TERMS: usize = 8;

/// A type of values on which arithmetic is supported.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Type {
    I32,
    I64,
}

impl Type {
    /// Returns the type, unless it is a float, vector or reference type.
    pub(super) fn of(ty: ValType) -> Option<Self> {
        match ty {
            ValType::I32 => Some(Self::I32),
            ValType::I64 => Some(Self::I64),
            _ => None,
        }
    }

    pub(super) fn bits(self) -> u32 {
        match self {
            Self::I32 => 32,
            Self::I64 => 64,
        }
    }

    /// Returns the number modulo 2^[`bits`](Self::bits), as a signed number of this type.
    pub(super) fn signed(self, number: i64) -> i64 {
        match self {
            Self::I32 => i64::from(low_half(number).cast_signed()),
            Self::I64 => number,
        }
    }

    /// Returns the number modulo 2^[`bits`](Self::bits), as an unsigned number.
    pub(super) fn unsigned(self, number: i64) -> u64 {
        match self {
            Self::I32 => u64::from(low_half(number)),
            Self::I64 => number.cast_unsigned(),
        }
    }
}

/// Returns the number modulo 2^32.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "this is `i32.wrap_i64`")]
pub(super) fn low_half(number: i64) -> u32 {
    number as u32
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Binary {
    And,
    Or,
    Xor,
    Shl,
    ShrU,
    ShrS,
    Mul,
}

/// The comparisons that all others are reduced to: `a > b` is `b < a`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Comparison {
    Eq,
    Ne,
    LtU,
    LtS,
    LeU,
    LeS,
}

impl Comparison {
    pub(super) fn is_signed(self) -> bool {
        matches!(self, Self::LtS | Self::LeS)
    }
}

/// A value of a loop's iteration, identified by its index in [`Values`]: equal values have the same index.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct Value(u32);

/// How a value is computed from the state at the start of an iteration.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Expression {
    /// The value of a local at the start of the iteration.
    Local(u32, Type),
    Global(u32, Type),
    /// The `u64` at this offset in the kernel's header.
    Header(u32),
    /// A constant plus values times factors, modulo 2^32 or 2^64. None of the values is a sum.
    Sum(Type, Vec<(Value, i64)>, i64),
    Binary(Type, Binary, Value, Value),
    Compare(Type, Comparison, Value, Value),
    ExtendU(Value),
    ExtendS(Value),
    Wrap(Value),
    /// The result of the load with this number.
    Loaded(usize),
    /// A value about which nothing is known, numbered along a path.
    Unknown(u32),
    /// The value of a local of another type at the start of the iteration.
    Foreign(u32),
    /// An expression that exceeds the limits; each one is a different value.
    TooLarge(usize),
}

impl Expression {
    /// Returns the values that it is computed from.
    pub(super) fn operands(&self) -> impl Iterator<Item = Value> {
        let (terms, others): (&[_], _) = match self {
            Self::Sum(_, terms, _) => (terms, [None, None]),
            Self::Binary(_, _, one, other) | Self::Compare(_, _, one, other) => (&[], [Some(*one), Some(*other)]),
            Self::ExtendU(value) | Self::ExtendS(value) | Self::Wrap(value) => (&[], [Some(*value), None]),
            _ => (&[], [None, None]),
        };
        terms.iter().map(|(value, _)| *value).chain(others.into_iter().flatten())
    }
}

struct Node {
    expression: Expression,
    depth: u8,
    /// Whether the value is 0 or 1.
    boolean: bool,
}

/// The values of a loop's iteration.
#[derive(Default)]
pub(super) struct Values {
    nodes: Vec<Node>,
    known: HashMap<Expression, Value>,
    /// The results of [`wrap`](Self::wrap).
    pub(super) wrapped: HashMap<Value, Value>,
}

impl Values {
    /// Returns the value of an expression.
    pub(super) fn add(&mut self, expression: Expression) -> Value {
        if let Some(value) = self.known.get(&expression) {
            return *value;
        }
        let depth = expression.operands().map(|value| self.node(value).depth).max().unwrap_or(0) + 1;
        let terms = if let Expression::Sum(_, terms, _) = &expression { terms.len() } else { 0 };
        if depth > MAX_DEPTH || terms > MAX_TERMS {
            return self.push(Expression::TooLarge(self.nodes.len()), 1);
        }
        let value = self.push(expression.clone(), depth);
        self.known.insert(expression, value);
        value
    }

    /// Returns how a value is computed.
    pub(super) fn get(&self, value: Value) -> &Expression {
        &self.node(value).expression
    }

    /// Returns whether a value is 0 or 1.
    pub(super) fn is_boolean(&self, value: Value) -> bool {
        self.node(value).boolean
    }

    /// Returns the type of a value that conditions may involve.
    pub(super) fn ty(&self, value: Value) -> Type {
        match self.get(value) {
            Expression::Local(_, ty)
            | Expression::Global(_, ty)
            | Expression::Sum(ty, ..)
            | Expression::Binary(ty, ..) => *ty,
            Expression::Header(_) | Expression::ExtendU(_) | Expression::ExtendS(_) => Type::I64,
            _ => Type::I32,
        }
    }

    fn push(&mut self, expression: Expression, depth: u8) -> Value {
        let boolean = match &expression {
            Expression::Compare(..) => true,
            Expression::Binary(_, Binary::And | Binary::Or | Binary::Xor, one, other) => {
                self.is_boolean(*one) && self.is_boolean(*other)
            }
            Expression::Sum(_, terms, constant) => terms.is_empty() && matches!(constant, 0 | 1),
            Expression::ExtendU(value) => self.is_boolean(*value),
            _ => false,
        };
        // Far fewer than 2^32, since each step of the search adds only a few.
        let value = Value(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node { expression, depth, boolean });
        value
    }

    fn node(&self, value: Value) -> &Node {
        &self.nodes[value.0 as usize]
    }
}
