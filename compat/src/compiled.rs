//! A plug-in that is compiled, and creates instances.

use std::sync::Arc;

use extism_runtime::{
    self as rt,
    error::{LinkError, LinkProblem},
};

use crate::{Error, Function, PluginBuilder, error, manifest};

/// A plug-in that is loaded and compiled. Cheap to clone; threads can share it.
#[derive(Clone)]
pub struct CompiledPlugin(Linked);

#[derive(Clone)]
enum Linked {
    Ready(rt::CompiledPlugin),
    /// It starts with more memory than it may have, which the official crate finds at each call. It may have what it
    /// starts with here, so that all else works.
    TooLarge(rt::CompiledPlugin),
    /// Its imports do not fit, which the official crate reports when an instance is created.
    Failed(Arc<LinkError>),
}

impl CompiledPlugin {
    /// Loads and compiles a plug-in. Imports that nothing provides are an error of
    /// [`Plugin::new_from_compiled`](crate::Plugin::new_from_compiled).
    pub fn new(builder: PluginBuilder<'_>) -> Result<Self, Error> {
        let PluginBuilder { source, options } = builder;
        if options.initialization_fuel.is_some() && options.fuel.is_none() {
            anyhow::bail!("an initialization fuel limit requires a call fuel limit");
        }
        let manifest = Arc::new(source.into_manifest()?);
        let compile = |max_pages: Option<u32>| {
            let mut given = manifest::to_runtime(&manifest)?;
            given.memory.max_pages = max_pages;
            let functions: Vec<_> =
                distinct(&options.functions).map(|function| function.to_runtime(Arc::clone(&manifest))).collect();
            Ok::<_, Error>(options.apply(rt::PluginBuilder::new(given)).with_functions(functions).compile())
        };
        let error = match compile(manifest.memory.max_pages)? {
            Ok(compiled) => return Ok(Self(Linked::Ready(compiled))),
            Err(rt::Error::Link(error)) => *error,
            Err(error) => return Err(error::of_build(error, &manifest)),
        };
        if let Some(pages) = too_large(&error)
            && let Ok(compiled) = compile(Some(pages))?
        {
            return Ok(Self(Linked::TooLarge(compiled)));
        }
        Ok(Self(Linked::Failed(Arc::new(error))))
    }

    /// Returns whether each call fails, for lack of memory.
    pub(crate) fn is_too_large(&self) -> bool {
        matches!(self.0, Linked::TooLarge(_))
    }

    /// Returns the runtime's plug-in underneath, for code that has moved on to it. An error if its imports do not fit.
    /// The official crate has no such method.
    pub fn as_runtime(&self) -> Result<&rt::CompiledPlugin, Error> {
        match &self.0 {
            Linked::Ready(compiled) | Linked::TooLarge(compiled) => Ok(compiled),
            Linked::Failed(failure) => Err(error::of_link(failure)),
        }
    }
}

/// Returns the pages that modules start with, if it is only these that are too many.
fn too_large(error: &LinkError) -> Option<u32> {
    let needed = error.problems.iter().map(|problem| match problem {
        LinkProblem::Memory { needed, .. } => u32::try_from(*needed).ok(),
        _ => None,
    });
    needed.collect::<Option<Vec<_>>>()?.into_iter().max()
}

/// Returns the functions without those that a later one replaces.
fn distinct(functions: &[Function]) -> impl Iterator<Item = &Function> {
    functions.iter().enumerate().filter_map(|(index, function)| {
        let replaced = functions[index + 1..].iter().any(|later| later.is_same_import(function));
        (!replaced).then_some(function)
    })
}
