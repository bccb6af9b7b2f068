use std::collections::HashSet;

use super::modules::PluginModule;
use crate::{engine_types::from_extern_type, env, value::ExternType};

/// Something that a module imports and that the runtime does not provide.
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) module: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) ty: ExternType,
}

/// Returns what the modules import, including the kernel's functions, as it was before the kernel was fused.
pub(super) fn imports(modules: &[PluginModule], compiled: &[wasmtime::Module]) -> Vec<Imported> {
    let all = modules.iter().zip(compiled).flat_map(|(module, compiled)| {
        let left: HashSet<_> = compiled.imports().map(|import| (import.module(), import.name())).collect();
        let imported = module.artifact.env_imports.iter().map(|(namespace, name)| (namespace.as_str(), name.as_str()));
        let fused = imported.filter(move |import| !left.contains(import)).filter_map(|(namespace, name)| {
            let ty = ExternType::Func(env::fused_type(namespace, name)?);
            Some((namespace, name, ty))
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
