//! A plug-in that is compiled, and creates instances.

use std::sync::Arc;

use extism_runtime as rt;

use crate::{Error, Function, PluginBuilder, error, manifest};

/// A plug-in that is loaded and compiled. Cheap to clone; threads can share it.
#[derive(Clone)]
pub struct CompiledPlugin(Linked);

#[derive(Clone)]
enum Linked {
    Ready(rt::CompiledPlugin),
    /// Its imports do not fit, which the official crate reports when an instance is created.
    Failed(Arc<rt::error::LinkError>),
}

impl CompiledPlugin {
    /// Loads and compiles a plug-in. Imports that nothing provides are an error of
    /// [`Plugin::new_from_compiled`](crate::Plugin::new_from_compiled).
    pub fn new(builder: PluginBuilder<'_>) -> Result<Self, Error> {
        let PluginBuilder { source, options } = builder;
        if options.initialization_fuel.is_some() && options.fuel.is_none() {
            anyhow::bail!("an initialization fuel limit requires a call fuel limit");
        }
        let manifest = source.into_manifest()?;
        let builder = options.apply(rt::PluginBuilder::new(manifest::to_runtime(&manifest)?));
        let manifest = Arc::new(manifest);
        let functions: Vec<_> =
            distinct(&options.functions).map(|function| function.to_runtime(Arc::clone(&manifest))).collect();
        match builder.with_functions(functions).compile() {
            Ok(compiled) => Ok(Self(Linked::Ready(compiled))),
            Err(rt::Error::Link(error)) => Ok(Self(Linked::Failed(Arc::new(*error)))),
            Err(error) => Err(error::of_build(error, &manifest)),
        }
    }

    /// Returns the runtime's plug-in underneath, for code that has moved on to it. An error if its imports do not fit.
    /// The official crate has no such method.
    pub fn as_runtime(&self) -> Result<&rt::CompiledPlugin, Error> {
        match &self.0 {
            Linked::Ready(compiled) => Ok(compiled),
            Linked::Failed(failure) => Err(error::of_link(failure)),
        }
    }
}

/// Returns the functions without those that a later one replaces.
fn distinct(functions: &[Function]) -> impl Iterator<Item = &Function> {
    functions.iter().enumerate().filter_map(|(index, function)| {
        let replaced = functions[index + 1..].iter().any(|later| later.is_same_import(function));
        (!replaced).then_some(function)
    })
}
