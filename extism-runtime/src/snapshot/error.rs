use std::time::Duration;

use crate::{display, error::BoxError};

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// It is no valid module.
    #[error("cannot read the module: {}", display::text(_0))]
    Invalid(#[source] BoxError),
    /// The module has neither a start function nor an initializer, and no function was named.
    #[error(
        "the module has no initialization: no start function, `_initialize`, `__wasm_call_ctors` or `hs_init`; name the function that does the work"
    )]
    NothingToRun,
    /// The named function is not there, or has parameters or results.
    #[error("the module exports no function `{}` without parameters and results", display::name(name))]
    NoSuchFunction {
        /// The function.
        name: String,
    },
    /// A snapshot cannot hold all of the module's state, such as the content of tables, imported memories and globals,
    /// and references in globals.
    #[error("a snapshot cannot keep the module's state: {}", display::line(_0))]
    Unsupported(String),
    /// The initialization called an imported function. What that did is not in the module, such as an open file.
    #[error(
        "the initialization calls `{}` from `{}`, and a snapshot cannot keep what that does{hint}",
        display::name(name),
        display::name(namespace)
    )]
    HostCall {
        /// Where the function is imported from.
        namespace: String,
        /// The function.
        name: String,
        /// What to do, if anything.
        hint: &'static str,
    },
    /// A function trapped.
    #[error("the initialization failed: {}", display::text(_0))]
    Trap(BoxError),
    /// The initialization took too long.
    #[error("the initialization takes longer than {limit:?}")]
    Timeout {
        /// The limit.
        limit: Duration,
    },
}
