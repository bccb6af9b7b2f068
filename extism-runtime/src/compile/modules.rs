use std::sync::Arc;

use crate::{
    Engine, Error,
    code::{Code, Key, Shape},
    error::{LinkError, LinkProblem},
    fuse::FuseError,
    link,
    load::LoadedModule,
};

/// A module of a plug-in.
pub(crate) struct PluginModule {
    /// Its name in the manifest.
    pub(crate) name: String,
    pub(crate) code: Arc<Code>,
}

/// Puts the modules into the order of their instantiation and fuses the kernel into each; the first one defines its
/// memory. Returns them and where the main one, which is the first given, is now.
pub(super) fn fuse_all(
    engine: &Engine,
    plugin: &str,
    modules: &[LoadedModule],
) -> Result<(Vec<PluginModule>, usize), Error> {
    let mut shapes = modules.iter().map(|module| read_shape(module).map(Some)).collect::<Result<Vec<_>, _>>()?;
    let nodes: Vec<_> = shapes
        .iter()
        .flatten()
        .zip(modules)
        .map(|(shape, module)| link::Node { name: &module.name, namespaces: shape.namespaces().collect() })
        .collect();
    let order = link::link_order(&nodes).map_err(|link::OrderError::Circular(modules)| LinkError {
        plugin: plugin.to_owned(),
        problems: vec![LinkProblem::Circular { modules }],
        states: Vec::new(),
    })?;
    let mut fused = Vec::with_capacity(modules.len());
    for (place, &index) in order.iter().enumerate() {
        let (Some(module), Some(shape)) = (modules.get(index), shapes.get_mut(index).and_then(Option::take)) else {
            continue;
        };
        let key = Key { sha256: module.sha256, defines_memory: place == 0 };
        let code = engine.code(key, &module.wasm, shape).map_err(|error| compile_error(module, error))?;
        fused.push(PluginModule { name: module.name.clone(), code });
    }
    let main = order.iter().position(|index| *index == 0).unwrap_or(0);
    Ok((fused, main))
}

fn read_shape(module: &LoadedModule) -> Result<Shape, Error> {
    Shape::parse(&module.wasm).map_err(|error| compile_error(module, error.into()))
}

fn compile_error(module: &LoadedModule, error: FuseError) -> Error {
    Error::Compile { module: module.name.clone(), source: error.into() }
}
