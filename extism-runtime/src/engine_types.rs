//! Converts between the engine's types and values and this crate's, because the engine's do not appear in the
//! public API.

use crate::value::{ExternType, FuncType, Val, ValType};

pub(crate) fn from_val_type(ty: &wasmtime::ValType) -> ValType {
    match ty {
        wasmtime::ValType::I32 => ValType::I32,
        wasmtime::ValType::I64 => ValType::I64,
        wasmtime::ValType::F32 => ValType::F32,
        wasmtime::ValType::F64 => ValType::F64,
        wasmtime::ValType::V128 => ValType::V128,
        wasmtime::ValType::Ref(_) => ValType::Ref,
    }
}

pub(crate) fn from_func_type(ty: &wasmtime::FuncType) -> FuncType {
    FuncType {
        params: ty.params().map(|ty| from_val_type(&ty)).collect(),
        results: ty.results().map(|ty| from_val_type(&ty)).collect(),
    }
}

pub(crate) fn from_extern_type(ty: &wasmtime::ExternType) -> ExternType {
    match ty {
        wasmtime::ExternType::Func(ty) => ExternType::Func(from_func_type(ty)),
        wasmtime::ExternType::Memory(ty) => ExternType::Memory { minimum: ty.minimum(), maximum: ty.maximum() },
        wasmtime::ExternType::Global(ty) => ExternType::Global {
            ty: from_val_type(ty.content()),
            mutable: ty.mutability() == wasmtime::Mutability::Var,
        },
        wasmtime::ExternType::Table(_) => ExternType::Table,
        wasmtime::ExternType::Tag(_) => ExternType::Tag,
    }
}

/// Converts a signature to the engine's; an error for types that host functions cannot have.
pub(crate) fn to_func_type(engine: &wasmtime::Engine, ty: &FuncType) -> wasmtime::Result<wasmtime::FuncType> {
    let params: Vec<_> = ty.params.iter().map(|ty| to_val_type(*ty)).collect::<Result<_, _>>()?;
    let results: Vec<_> = ty.results.iter().map(|ty| to_val_type(*ty)).collect::<Result<_, _>>()?;
    Ok(wasmtime::FuncType::try_new(engine, params, results)?)
}

fn to_val_type(ty: ValType) -> wasmtime::Result<wasmtime::ValType> {
    Ok(match ty {
        ValType::I32 => wasmtime::ValType::I32,
        ValType::I64 => wasmtime::ValType::I64,
        ValType::F32 => wasmtime::ValType::F32,
        ValType::F64 => wasmtime::ValType::F64,
        ValType::V128 | ValType::Ref => {
            return Err(wasmtime::Error::msg(format!("a host function cannot take or return a {ty}")));
        }
    })
}

pub(crate) fn from_val(value: &wasmtime::Val) -> Option<Val> {
    Some(match value {
        wasmtime::Val::I32(value) => Val::I32(*value),
        wasmtime::Val::I64(value) => Val::I64(*value),
        wasmtime::Val::F32(bits) => Val::F32(f32::from_bits(*bits)),
        wasmtime::Val::F64(bits) => Val::F64(f64::from_bits(*bits)),
        _ => return None,
    })
}

pub(crate) fn to_val(value: Val) -> wasmtime::Val {
    match value {
        Val::I32(value) => wasmtime::Val::I32(value),
        Val::I64(value) => wasmtime::Val::I64(value),
        Val::F32(value) => wasmtime::Val::F32(value.to_bits()),
        Val::F64(value) => wasmtime::Val::F64(value.to_bits()),
    }
}
