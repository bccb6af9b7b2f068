//! The validator's types as ours.

use wasmparser::{
    CompositeInnerType,
    types::{EntityType, TypesRef},
};

use super::{ExportInfo, ImportInfo, ImportOrigin};
use crate::value::{ExternType, FuncType, ValType};

/// What the module exports, in its order.
pub(super) fn exports(types: TypesRef<'_>) -> Vec<ExportInfo> {
    let exports = types.core_exports().into_iter().flatten();
    exports.map(|(name, ty)| ExportInfo { name: name.to_owned(), ty: extern_type(types, ty) }).collect()
}

/// What the module imports, in its order; who gives it isn't known yet.
pub(super) fn imports(types: TypesRef<'_>) -> Vec<ImportInfo> {
    let imports = types.core_imports().into_iter().flatten();
    imports
        .map(|(namespace, name, ty)| ImportInfo {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            ty: extern_type(types, ty),
            origin: ImportOrigin::Host,
        })
        .collect()
}

fn extern_type(types: TypesRef<'_>, ty: EntityType) -> ExternType {
    match ty {
        EntityType::Func(id) | EntityType::FuncExact(id) => match &types[id].composite_type.inner {
            CompositeInnerType::Func(ty) => ExternType::Func(func_type(ty)),
            // A valid module's functions have the types of functions.
            _ => ExternType::Func(FuncType::new([], [])),
        },
        EntityType::Memory(ty) => ExternType::Memory { minimum: ty.initial, maximum: ty.maximum },
        EntityType::Global(ty) => ExternType::Global { ty: val_type(ty.content_type), mutable: ty.mutable },
        EntityType::Table(_) => ExternType::Table,
        EntityType::Tag(_) => ExternType::Tag,
    }
}

fn func_type(ty: &wasmparser::FuncType) -> FuncType {
    let all = |types: &[wasmparser::ValType]| types.iter().map(|ty| val_type(*ty)).collect::<Vec<_>>();
    FuncType::new(all(ty.params()), all(ty.results()))
}

fn val_type(ty: wasmparser::ValType) -> ValType {
    match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(_) => ValType::Ref,
    }
}
