use std::{fmt, time::Duration};

use crate::features::{Features, Proposal};

/// A module exceeds a limit of its plug-in; the source of [`Error::Compile`](crate::Error::Compile).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModuleLimitError {
    /// Compiling it took longer than allowed.
    #[error(
        "compiling took longer than {limit:?}; raise the limit with `PluginBuilder::with_compile_timeout` if it may \
         take longer"
    )]
    #[non_exhaustive]
    CompileTimeout {
        /// The limit.
        limit: Duration,
    },
    /// Compiling it would take much longer than allowed, so it was not started.
    #[error(
        "compiling would take about {estimate:?}, but the limit is {limit:?}: {function}; raise it with \
         `PluginBuilder::with_compile_timeout` if it may take that long"
    )]
    #[non_exhaustive]
    CompileCost {
        /// The estimated time.
        estimate: Duration,
        /// The limit.
        limit: Duration,
        /// The function that takes longest.
        function: FunctionNumbers,
    },
    /// Other modules have exceeded their time limits and are still being compiled, as that cannot be stopped.
    #[error("{alive} modules are still being compiled past their limits; try again later")]
    #[non_exhaustive]
    CompilersBusy {
        /// The number of these modules.
        alive: usize,
    },
    /// It has too many memories.
    #[error("it has {count} memories, but the limit is {limit}; raise it with `PluginBuilder::with_max_memories`")]
    #[non_exhaustive]
    Memories {
        /// The number in the module, including imported ones.
        count: u32,
        /// The limit.
        limit: u32,
    },
    /// It has too many tables.
    #[error("it has {count} tables, but the limit is {limit}; raise it with `PluginBuilder::with_max_tables`")]
    #[non_exhaustive]
    Tables {
        /// The number in the module, including imported ones.
        count: u32,
        /// The limit.
        limit: u32,
    },
    /// It uses WebAssembly proposals that the plug-in may not use.
    #[error(
        "it uses {}, which this plug-in may not use; allow it with `{}`",
        names(proposals),
        allow(*allowed, proposals)
    )]
    #[non_exhaustive]
    Features {
        /// The proposals that it uses but that are not allowed.
        proposals: Vec<Proposal>,
        /// The allowed features.
        allowed: Features,
    },
}

/// The properties of a function from which its compilation time is estimated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FunctionNumbers {
    /// The function's index in the module. `None` for the expressions that initialize globals, tables and element
    /// segments.
    pub index: Option<u32>,
    /// The number of instructions.
    pub instructions: u64,
    /// The number of locals and parameters.
    pub locals: u64,
    /// The number of places where control flow branches.
    pub branches: u64,
    /// The number of loops.
    pub loops: u64,
    /// The number of values that its calls and blocks take and return.
    pub values: u64,
}

impl fmt::Display for FunctionNumbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            Some(index) => write!(f, "function {index} has ")?,
            None => f.write_str("the initializers have ")?,
        }
        let Self { instructions, locals, branches, loops, values, .. } = self;
        write!(
            f,
            "{instructions} instructions, {locals} locals, {branches} branches, {loops} loops, and {values} values that \
             calls and blocks take and return"
        )
    }
}

fn names(proposals: &[Proposal]) -> String {
    let names: Vec<_> = proposals.iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [] => "a proposal".to_owned(),
        names => names.join(", "),
    }
}

fn allow(allowed: Features, proposals: &[Proposal]) -> String {
    if allowed != Features::conservative() || proposals.is_empty() {
        return "PluginBuilder::with_features(Features::all())".to_owned();
    }
    let with: Vec<_> = proposals.iter().map(|proposal| format!(".with(Proposal::{proposal:?})")).collect();
    format!("PluginBuilder::with_features(Features::conservative(){})", with.concat())
}
