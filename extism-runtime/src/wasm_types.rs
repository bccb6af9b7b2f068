//! Converts the validator's types to this crate's.

use crate::value::{FuncType, ValType};

/// Converts a function's signature.
pub(crate) fn func_type(ty: &wasmparser::FuncType) -> FuncType {
    let all = |types: &[wasmparser::ValType]| types.iter().map(|ty| val_type(*ty)).collect::<Vec<_>>();
    FuncType::new(all(ty.params()), all(ty.results()))
}

/// Converts a value's type.
pub(crate) fn val_type(ty: wasmparser::ValType) -> ValType {
    match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(_) => ValType::Ref,
    }
}
