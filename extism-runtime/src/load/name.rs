//! Which module is the main one, and how the others are named.

use std::collections::HashSet;

use super::LoadError;
use crate::{fuse, manifest::Wasm};

/// The name of the main module; a module without a name counts as having it.
const MAIN: &str = "main";

/// Module names that are reserved for the runtime: its functions, and its memory.
const RESERVED: [&str; 2] = [fuse::MODULE, fuse::MEMORY_MODULE];

/// The names of a manifest's modules, in the manifest's order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// A name for each module.
    pub(super) names: Vec<String>,
    /// The main module's index.
    pub(super) main: usize,
}

/// Picks the main module: the only one, or the one named `main`, or the last; this is the official runtime's rule.
pub(super) fn resolve(modules: &[Wasm]) -> Result<Names, LoadError> {
    let names: Vec<String> = modules.iter().map(name_of).collect();
    let last = names.len().checked_sub(1).ok_or(LoadError::NoModules)?;
    let mut known = HashSet::new();
    for name in &names {
        if !known.insert(name) {
            return Err(LoadError::DuplicateName { name: name.clone() });
        }
        if RESERVED.contains(&name.as_str()) {
            return Err(LoadError::ReservedName { name: name.clone() });
        }
    }
    let main = names.iter().position(|name| name == MAIN).unwrap_or(last);
    Ok(Names { names, main })
}

fn name_of(module: &Wasm) -> String {
    module.meta().name.clone().unwrap_or_else(|| MAIN.to_owned())
}
