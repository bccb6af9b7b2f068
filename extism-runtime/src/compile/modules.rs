use std::sync::Arc;

use crate::{
    Error,
    artifact::{Artifact, Key, ModuleSummary},
    error::{LinkError, LinkProblem, ModuleLimitError},
    fuse::{FuseError, Given},
    link::{self, BoundFunction},
    load::LoadedModule,
    settings::Settings,
};

/// A module of a plug-in.
pub(crate) struct PluginModule {
    /// Its name in the manifest.
    pub(crate) name: String,
    pub(crate) artifact: Arc<Artifact>,
    /// Whether other modules import it as a command: each call of its functions creates an instance.
    pub(crate) is_command: bool,
}

/// Sorts the modules into instantiation order, commands last, and fuses the kernel into each; the first one defines its
/// memory. Returns them and the new index of the main module, which comes first in `modules`.
pub(super) fn fuse_all(
    settings: &Settings,
    modules: &[LoadedModule],
    functions: &[Arc<BoundFunction>],
) -> Result<(Vec<PluginModule>, usize), Error> {
    let mut summaries = modules.iter().map(|module| read_summary(module).map(Some)).collect::<Result<Vec<_>, _>>()?;
    let given = given(&summaries, modules, functions);
    let nodes: Vec<_> = summaries
        .iter()
        .flatten()
        .zip(modules)
        .map(|(summary, module)| link::Node { name: &module.name, namespaces: summary.namespaces().collect() })
        .collect();
    let mut order = link::link_order(&nodes).map_err(|link::OrderError::Circular(modules)| LinkError {
        plugin: settings.name.to_string(),
        problems: vec![LinkProblem::Circular { modules }],
        states: Vec::new(),
    })?;
    let commands = commands(&summaries, modules);
    // The other modules import functions of commands, but need no instances of them.
    order.sort_by_key(|index| commands.contains(index));
    let lift = settings.engine.options().lifts_loops();
    // What a memory begins with counts as growth, which a limit may not allow.
    let headroom = settings.engine.options().headroom_pages().min(settings.max_pages.unwrap_or(u32::MAX));
    let headroom = if modules.len() == 1 { headroom } else { 0 };
    let mut fused = Vec::with_capacity(modules.len());
    for (position, &index) in order.iter().enumerate() {
        let (Some(module), Some(summary)) = (modules.get(index), summaries.get_mut(index).and_then(Option::take))
        else {
            continue;
        };
        let key = Key { sha256: module.sha256, defines_memory: position == 0, given, lift, headroom };
        let artifact = settings.engine.artifact(key, module, summary).map_err(|error| compile_error(module, error))?;
        check_limits(settings, module, &artifact).map_err(|error| Error::compile(&module.name, error))?;
        fused.push(PluginModule { name: module.name.clone(), artifact, is_command: commands.contains(&index) });
    }
    let main = order.iter().position(|index| *index == 0).unwrap_or(0);
    Ok((fused, main))
}

/// Returns the indices of the modules that are commands for the others. The main module, the first one, is none: the host
/// calls it. Nor is one whose memory, tables or globals another module imports, as there have to be some.
fn commands(summaries: &[Option<ModuleSummary>], modules: &[LoadedModule]) -> Vec<usize> {
    let is_shared = |name: &str| summaries.iter().flatten().any(|summary| summary.shares(name));
    let is_command = |(summary, module): (&Option<ModuleSummary>, &LoadedModule)| {
        summary.as_ref().is_some_and(ModuleSummary::is_command) && !is_shared(&module.name)
    };
    let candidates = summaries.iter().zip(modules).enumerate().skip(1);
    candidates.filter(|(_, candidate)| is_command(*candidate)).map(|(index, _)| index).collect()
}

/// Returns what the plug-in itself provides in place of the environment's functions with old names.
fn given(summaries: &[Option<ModuleSummary>], modules: &[LoadedModule], functions: &[Arc<BoundFunction>]) -> Given {
    let by_modules = summaries.iter().flatten().zip(modules).flat_map(|(summary, module)| summary.given(&module.name));
    let by_host = functions.iter().map(|function| (function.namespace.as_str(), function.name.as_str()));
    let mut given = Given::NONE;
    for (namespace, name) in by_modules.chain(by_host) {
        given.add(namespace, name);
    }
    given
}

/// Checks what a valid module contains and uses against the plug-in's limits.
fn check_limits(settings: &Settings, module: &LoadedModule, artifact: &Artifact) -> Result<(), ModuleLimitError> {
    let limits = &settings.limits;
    if artifact.memories > limits.memories() {
        return Err(ModuleLimitError::Memories { count: artifact.memories, limit: limits.memories() });
    }
    if artifact.tables > limits.tables() {
        return Err(ModuleLimitError::Tables { count: artifact.tables, limit: limits.tables() });
    }
    let allowed = limits.features.unwrap_or_default().and(settings.engine.options().features);
    match allowed.missing(&module.wasm) {
        Some(proposals) => Err(ModuleLimitError::Features { proposals, allowed }),
        None => Ok(()),
    }
}

fn read_summary(module: &LoadedModule) -> Result<ModuleSummary, Error> {
    ModuleSummary::parse(&module.wasm).map_err(|error| compile_error(module, error.into()))
}

fn compile_error(module: &LoadedModule, error: FuseError) -> Error {
    Error::compile(&module.name, error)
}
