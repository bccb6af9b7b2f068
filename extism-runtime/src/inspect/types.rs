//! Converts the validator's types to this crate's.

use wasmparser::{
    CompositeInnerType,
    types::{EntityType, TypesRef},
};

use super::{ExportInfo, ImportInfo};
use crate::{
    value::{ExternType, FuncType},
    wasm_types::{func_type, val_type},
};

/// Returns the module's exports, in their original order.
pub(super) fn exports(types: TypesRef<'_>) -> Vec<ExportInfo> {
    let exports = types.core_exports().into_iter().flatten();
    exports.map(|(name, ty)| ExportInfo::new(name, extern_type(types, ty))).collect()
}

/// Returns the module's imports, in their original order; what other modules provide is not known yet.
pub(super) fn imports(types: TypesRef<'_>, module: &str) -> Vec<ImportInfo> {
    let imports = types.core_imports().into_iter().flatten();
    imports
        .map(|(namespace, name, ty)| ImportInfo::new(module, namespace, name, extern_type(types, ty), false))
        .collect()
}

fn extern_type(types: TypesRef<'_>, ty: EntityType) -> ExternType {
    match ty {
        EntityType::Func(id) | EntityType::FuncExact(id) => match &types[id].composite_type.inner {
            CompositeInnerType::Func(ty) => ExternType::Func(func_type(ty)),
            // A valid module's functions have function types.
            _ => ExternType::Func(FuncType::new([], [])),
        },
        EntityType::Memory(ty) => ExternType::Memory { minimum: ty.initial, maximum: ty.maximum },
        EntityType::Global(ty) => ExternType::Global { ty: val_type(ty.content_type), mutable: ty.mutable },
        EntityType::Table(_) => ExternType::Table,
        EntityType::Tag(_) => ExternType::Tag,
    }
}
