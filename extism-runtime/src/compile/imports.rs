use std::collections::HashSet;

use super::modules::PluginModule;
use crate::{engine_types::from_extern_type, env, value::ExternType};

/// Something that a module imports and that is no part of the runtime.
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) module: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) ty: ExternType,
}

/// What the modules import, the kernel's functions included, as they were before the kernel was fused.
pub(super) fn imports(modules: &[PluginModule], compiled: &[wasmtime::Module]) -> Vec<Imported> {
    let all = modules.iter().zip(compiled).flat_map(|(module, compiled)| {
        let left = compiled.imports().filter(|import| import.module() == env::NAMESPACE);
        let left: HashSet<_> = left.map(|import| import.name()).collect();
        let fused =
            module.code.env_imports.iter().filter(move |name| !left.contains(name.as_str())).filter_map(|name| {
                let ty = ExternType::Func(env::fused_type(name)?);
                Some((env::NAMESPACE, name.as_str(), ty))
            });
        let left = compiled.imports().map(|import| (import.module(), import.name(), from_extern_type(&import.ty())));
        fused.chain(left).map(|(namespace, name, ty)| Imported {
            module: module.name.clone(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            ty,
        })
    });
    all.filter(|import| import.namespace != crate::fuse::MEMORY_MODULE).collect()
}
