use std::sync::Arc;

use super::{
    init::{InitCall, init_calls},
    shape::Shape,
};
use crate::{
    Error,
    error::{LinkError, LinkProblem},
    fuse::{FuseError, KernelMemory, fuse},
    link::{self, KERNEL_MEMORY, KERNEL_NAMESPACE},
    load::LoadedModule,
};

/// A module with the kernel fused in, and what is known of it.
pub(crate) struct FusedModule {
    pub(crate) name: String,
    pub(crate) wasm: Arc<[u8]>,
    /// Under which name it exports the kernel's memory, where it defines that.
    pub(crate) memory_export: Option<String>,
    /// What is called once per instance.
    pub(crate) init: Vec<InitCall>,
    /// The functions that it imported of the environment, those that are fused now included.
    pub(crate) env_imports: Vec<String>,
    pub(crate) imports_wasi: bool,
    /// Pages of the memories that it defines, without the kernel's.
    pub(crate) initial_pages: u64,
    start_export: Option<String>,
}

impl FusedModule {
    /// The exports that were added with the kernel.
    pub(crate) fn added_exports(&self) -> impl Iterator<Item = &str> {
        [&self.memory_export, &self.start_export].into_iter().flatten().map(String::as_str)
    }

    /// Whether an export was added with the kernel.
    pub(crate) fn is_ours(&self, export: &str) -> bool {
        self.added_exports().any(|added| added == export)
    }
}

/// Puts the modules into the order of their instantiation and fuses the kernel into each; the first one defines its
/// memory. Returns them and where the main one, which is the first given, is now.
pub(super) fn fuse_all(plugin: &str, modules: &[LoadedModule]) -> Result<(Vec<FusedModule>, usize), Error> {
    let shapes: Vec<_> = modules.iter().map(read_shape).collect::<Result<_, _>>()?;
    let nodes: Vec<_> = shapes
        .iter()
        .zip(modules)
        .map(|(shape, module)| link::Node {
            name: &module.name,
            namespaces: shape.namespaces.iter().map(String::as_str).collect(),
        })
        .collect();
    let order = link::link_order(&nodes).map_err(|link::OrderError::Circular(modules)| LinkError {
        plugin: plugin.to_owned(),
        problems: vec![LinkProblem::Circular { modules }],
    })?;
    let mut fused = Vec::with_capacity(modules.len());
    for (place, &index) in order.iter().enumerate() {
        fused.push(fuse_one(&modules[index], &shapes[index], place == 0)?);
    }
    let main = order.iter().position(|index| *index == 0).unwrap_or(0);
    Ok((fused, main))
}

fn read_shape(module: &LoadedModule) -> Result<Shape, Error> {
    let compile_error = |error| Error::Compile { module: module.name.clone(), source: FuseError::from(error).into() };
    Shape::parse(&module.wasm).map_err(compile_error)
}

fn fuse_one(module: &LoadedModule, shape: &Shape, first: bool) -> Result<FusedModule, Error> {
    let memory = if first {
        KernelMemory::Define
    } else {
        KernelMemory::Import { module: KERNEL_NAMESPACE, name: KERNEL_MEMORY }
    };
    let fused = fuse(&module.wasm, memory)
        .map_err(|error| Error::Compile { module: module.name.clone(), source: error.into() })?;
    let init = init_calls(fused.start.as_deref(), |export, params| shape.exports_initializer(export, params));
    Ok(FusedModule {
        name: module.name.clone(),
        wasm: fused.wasm.into(),
        memory_export: fused.memory_export,
        init,
        env_imports: shape.env_imports.clone(),
        imports_wasi: shape.namespaces.contains("wasi_snapshot_preview1"),
        initial_pages: fused.initial_pages,
        start_export: fused.start,
    })
}
