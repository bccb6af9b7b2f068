//! WebAssembly values and types, for dynamic host functions and for listing exports.

use std::fmt;

use serde::Serialize;

/// The type of a WebAssembly value passed between plug-in and host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ValType {
    /// A 32-bit integer.
    I32,
    /// A 64-bit integer; also the handle of a block of plug-in memory.
    I64,
    /// A 32-bit float.
    F32,
    /// A 64-bit float.
    F64,
    /// A 128-bit vector. Host functions cannot take or return one.
    V128,
    /// A reference. Host functions cannot take or return one.
    Ref,
}

impl ValType {
    /// The type of a handle of a block of plug-in memory, `i64`; the official SDKs use this name too.
    pub const PTR: Self = Self::I64;

    /// Returns the type's name in the text format; `ref` for all references.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::V128 => "v128",
            Self::Ref => "ref",
        }
    }
}

impl fmt::Display for ValType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A WebAssembly value whose type is known only at run time: an argument or a result of a host function that
/// [`Function::new`](crate::Function::new) creates. `#[host_fn]` functions take
/// [`Scalar<T>`](crate::host::Scalar).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Val {
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// A 32-bit float.
    F32(f32),
    /// A 64-bit float.
    F64(f64),
}

impl Val {
    /// Returns the value's type.
    #[must_use]
    pub fn ty(&self) -> ValType {
        match self {
            Self::I32(_) => ValType::I32,
            Self::I64(_) => ValType::I64,
            Self::F32(_) => ValType::F32,
            Self::F64(_) => ValType::F64,
        }
    }

    /// Returns the zero value of a type; `None` for types that a [`Val`] cannot hold.
    #[must_use]
    pub fn zero(ty: ValType) -> Option<Self> {
        Some(match ty {
            ValType::I32 => Self::I32(0),
            ValType::I64 => Self::I64(0),
            ValType::F32 => Self::F32(0.0),
            ValType::F64 => Self::F64(0.0),
            ValType::V128 | ValType::Ref => return None,
        })
    }
}

macro_rules! val_conversions {
    ($($rust:ty, $variant:ident, $getter:ident;)*) => {
        $(
            impl From<$rust> for Val {
                fn from(value: $rust) -> Self {
                    Self::$variant(value)
                }
            }
        )*
        impl Val {
            $(
                #[doc = concat!("Returns the value, if it is an `", stringify!($rust), "`.")]
                #[must_use]
                pub fn $getter(&self) -> Option<$rust> {
                    match self {
                        Self::$variant(value) => Some(*value),
                        _ => None,
                    }
                }
            )*
        }
    };
}

val_conversions! {
    i32, I32, i32;
    i64, I64, i64;
    f32, F32, f32;
    f64, F64, f64;
}

/// The signature of a WebAssembly function.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct FuncType {
    /// The types of the parameters.
    pub params: Vec<ValType>,
    /// The types of the results.
    pub results: Vec<ValType>,
}

impl FuncType {
    /// Creates a signature with these parameters and results.
    pub fn new(params: impl Into<Vec<ValType>>, results: impl Into<Vec<ValType>>) -> Self {
        Self { params: params.into(), results: results.into() }
    }
}

impl fmt::Display for FuncType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_types(f, &self.params)?;
        f.write_str(" -> ")?;
        match self.results.as_slice() {
            [result] => write!(f, "{result}"),
            results => write_types(f, results),
        }
    }
}

fn write_types(f: &mut fmt::Formatter<'_>, types: &[ValType]) -> fmt::Result {
    f.write_str("(")?;
    for (index, ty) in types.iter().enumerate() {
        write!(f, "{}{ty}", if index == 0 { "" } else { ", " })?;
    }
    f.write_str(")")
}

/// The type of an export or import.
///
/// In JSON, it is an object whose `kind` is `function`, `memory`, `global`, `table` or `tag`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum ExternType {
    /// A function.
    #[serde(rename = "function")]
    Func(FuncType),
    /// A linear memory.
    Memory {
        /// Pages of 64 KiB at the start.
        minimum: u64,
        /// Pages of 64 KiB that it may grow to, if it is bounded.
        maximum: Option<u64>,
    },
    /// A global variable.
    Global {
        /// The type of its value; `type` in JSON.
        #[serde(rename = "type")]
        ty: ValType,
        /// Whether it can change.
        mutable: bool,
    },
    /// A table of references.
    Table,
    /// An exception's tag.
    Tag,
}

impl fmt::Display for ExternType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Func(ty) => write!(f, "func {ty}"),
            Self::Memory { minimum, maximum: None } => write!(f, "memory {minimum}.. pages"),
            Self::Memory { minimum, maximum: Some(maximum) } => write!(f, "memory {minimum}..={maximum} pages"),
            Self::Global { ty, mutable: true } => write!(f, "global mut {ty}"),
            Self::Global { ty, mutable: false } => write!(f, "global {ty}"),
            Self::Table => f.write_str("table"),
            Self::Tag => f.write_str("tag"),
        }
    }
}
