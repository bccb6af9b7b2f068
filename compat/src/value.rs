//! WebAssembly values and their types, as host functions see them.

use extism_runtime as rt;

/// The type of a WebAssembly value.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub enum ValType {
    /// A 32-bit integer.
    I32,
    /// A 64-bit integer.
    I64,
    /// A 32-bit float.
    F32,
    /// A 64-bit float.
    F64,
    /// A 128-bit vector. Host functions cannot take or return one.
    V128,
    /// A reference to a function. Host functions cannot take or return one.
    FuncRef,
    /// A reference to a value of the host. Host functions cannot take or return one.
    ExternRef,
}

/// The type of arguments and results that are blocks of the plug-in's memory.
pub const PTR: ValType = ValType::I64;

impl From<ValType> for rt::ValType {
    fn from(ty: ValType) -> Self {
        match ty {
            ValType::I32 => Self::I32,
            ValType::I64 => Self::I64,
            ValType::F32 => Self::F32,
            ValType::F64 => Self::F64,
            ValType::V128 => Self::V128,
            ValType::FuncRef | ValType::ExternRef => Self::Ref,
        }
    }
}

/// A WebAssembly value: an argument or a result of a host function.
///
/// Floats are their bits, as in the type of wasmtime that the official crate has under this name; its variants for
/// vectors and references do not exist here, because host functions cannot take or return them.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Val {
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// The bits of a 32-bit float.
    F32(u32),
    /// The bits of a 64-bit float.
    F64(u64),
}

macro_rules! accessors {
    ($($variant:ident $ty:ident $unwrap:ident $of:path, $to:path;)*) => {
        impl Val {
            $(
                #[doc = concat!("Returns the value, if it is an `", stringify!($ty), "`.")]
                #[inline]
                pub fn $ty(&self) -> Option<$ty> {
                    match self {
                        Self::$variant(value) => Some($of(*value)),
                        _ => None,
                    }
                }

                #[doc = concat!("Returns the value.\n\n# Panics\n\nPanics if it is not an `", stringify!($ty), "`.")]
                #[inline]
                #[track_caller]
                pub fn $unwrap(&self) -> $ty {
                    self.$ty().expect(concat!("expected ", stringify!($ty)))
                }
            )*
        }

        $(
            impl From<$ty> for Val {
                #[inline]
                fn from(value: $ty) -> Self {
                    Self::$variant($to(value))
                }
            }
        )*
    };
}

accessors! {
    I32 i32 unwrap_i32 i32::from, i32::from;
    I64 i64 unwrap_i64 i64::from, i64::from;
    F32 f32 unwrap_f32 f32::from_bits, f32::to_bits;
    F64 f64 unwrap_f64 f64::from_bits, f64::to_bits;
}

impl Val {
    /// Converts a value of the runtime; the runtime has no others yet.
    #[inline]
    pub(crate) fn of(value: rt::Val) -> Self {
        match value {
            rt::Val::I32(value) => value.into(),
            rt::Val::I64(value) => value.into(),
            rt::Val::F32(value) => value.into(),
            rt::Val::F64(value) => value.into(),
            _ => Self::I64(0),
        }
    }

    #[inline]
    pub(crate) fn into_runtime(self) -> rt::Val {
        match self {
            Self::I32(value) => value.into(),
            Self::I64(value) => value.into(),
            Self::F32(bits) => f32::from_bits(bits).into(),
            Self::F64(bits) => f64::from_bits(bits).into(),
        }
    }
}
