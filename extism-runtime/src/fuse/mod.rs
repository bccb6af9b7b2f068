//! Rewrites a guest so that the kernel is part of it.
//!
//! A guest imports the kernel's functions from `extism:host/env`, or under the names that PDKs from before 1.0 use (see
//! [`dialect`]). Functions that only work on the kernel's memory become functions of the guest itself, over one more
//! linear memory, and calls to the hot ones are replaced by their few instructions. Loops over these that only copy get
//! code in front that copies as much as possible at once (see [`lift`]). Imports that need the host (config,
//! vars, HTTP, log), and imports with the wrong type, stay imports.
//!
//! Otherwise the module behaves as before, with three exceptions that serve the host: its start function does not run
//! at instantiation but is exported, for the host to run under its limits; its `name` section has the functions' new
//! indices; and its debug information is removed, as it refers to code that has moved: [`CodeMap`] tells where that was.
//!
//! The input is validated on the way, so that the output is valid exactly if the input is.

mod body;
mod cost;
mod customs;
mod dialect;
mod error;
mod features;
mod headroom;
mod inline;
mod lift;
mod map;
mod module;
mod names;
mod pieces;
mod plan;
mod program;
mod renumber;
mod rewrite;
#[cfg(test)]
mod tests;
mod unreachable;
mod write;

#[cfg(test)]
pub(crate) use self::cost::FunctionCost;
pub(crate) use self::{
    cost::Cost,
    dialect::{DIALECTS, Dialect, Given, environment},
    error::FuseError,
    features::{FEATURES, refuse_shared_memories},
    map::{CodeMap, GuestPlace},
    module::DEBUG_LINE,
    unreachable::executed as executed_unreachable,
};

/// The name from which guests import the kernel's functions.
pub(crate) const MODULE: &str = "extism:host/env";

/// The module name from which fused modules may import the kernel's memory. Guests that import anything from
/// it are refused, so that none can import that memory itself.
pub(crate) const MEMORY_MODULE: &str = "extism:kernel";

/// The origin of the kernel's memory. The modules of one plug-in share one memory: the first module that is
/// instantiated defines it, the others import it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum KernelMemory<'a> {
    /// The module defines and exports it.
    Define,
    /// The module imports it.
    Import {
        /// The import's module name: [`MEMORY_MODULE`].
        module: &'a str,
        /// The import's field name.
        name: &'a str,
    },
}

/// How a guest is rewritten.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options<'a> {
    /// The origin of the kernel's memory.
    pub(crate) memory: KernelMemory<'a>,
    /// The old-named functions that stay imports.
    pub(crate) given: Given,
    /// Whether loops that copy are [lifted](lift).
    pub(crate) lift: bool,
    /// The pages that its memory has [before it asks for them](headroom).
    pub(crate) headroom: u32,
}

/// A guest with the kernel fused in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fused {
    /// The new module.
    pub(crate) wasm: Vec<u8>,
    /// The name under which it exports the kernel's memory; `None` if it imports the memory.
    pub(crate) memory_export: Option<String>,
    /// The name under which it exports its former start function. The host calls it once, right after instantiation.
    pub(crate) start: Option<String>,
    /// The initial pages of 64 KiB of the memories that the guest itself defines.
    pub(crate) initial_pages: u64,
    /// The number of its memories besides the kernel's, including imported ones.
    pub(crate) memories: u32,
    /// The number of its tables, including imported ones.
    pub(crate) tables: u32,
    /// The estimated cost of compiling it.
    pub(crate) cost: Cost,
    /// Where its code was in the guest, if that has debug information; empty otherwise.
    pub(crate) map: CodeMap,
}

/// Fuses the kernel into a module, without functions from elsewhere, and lifts loops.
#[cfg_attr(not(test), allow(dead_code, reason = "for tests and fuzz targets"))]
pub(crate) fn fuse(wasm: &[u8], memory: KernelMemory<'_>) -> Result<Fused, FuseError> {
    fuse_with(wasm, Options { memory, given: Given::NONE, lift: true, headroom: 0 })
}

/// Fuses the kernel into a module in the binary format.
pub(crate) fn fuse_with(wasm: &[u8], options: Options<'_>) -> Result<Fused, FuseError> {
    let module = module::Module::read(wasm)?;
    let plan = plan::Plan::new(&module, options)?;
    write::write(module, &plan, options)
}
