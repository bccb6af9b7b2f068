use std::collections::HashSet;

use super::modules::PluginModule;
use crate::{engine_types::from_extern_type, env, imports::ImportInfo, value::ExternType};

/// Returns what the modules import, including the kernel's functions, as it was before the kernel was fused.
pub(super) fn imports(modules: &[PluginModule], compiled: &[wasmtime::Module]) -> Vec<ImportInfo> {
    let exported = |namespace: &str, name: &str| {
        let named = modules.iter().zip(compiled).find(|(module, _)| module.name == namespace);
        named.is_some_and(|(module, compiled)| {
            compiled.get_export_index(name).is_some() && !module.artifact.is_ours(name)
        })
    };
    let all = modules.iter().zip(compiled).flat_map(|(module, compiled)| {
        let left: HashSet<_> = compiled.imports().map(|import| (import.module(), import.name())).collect();
        let imported = module.artifact.env_imports.iter().map(|(namespace, name)| (namespace.as_str(), name.as_str()));
        let fused = imported.filter(move |import| !left.contains(import)).filter_map(|(namespace, name)| {
            let ty = ExternType::Func(env::fused_type(namespace, name)?);
            Some((namespace, name, ty))
        });
        let left = compiled.imports().map(|import| (import.module(), import.name(), from_extern_type(&import.ty())));
        let all = fused.chain(left).filter(|(namespace, ..)| *namespace != crate::fuse::MEMORY_MODULE);
        all.map(|(namespace, name, ty)| ImportInfo::new(&module.name, namespace, name, ty, exported(namespace, name)))
    });
    all.collect()
}
