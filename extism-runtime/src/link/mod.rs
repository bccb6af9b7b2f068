//! Provides modules with what they import: the environment, WASI, host functions, other modules.

mod caught;
mod check;
mod command;
mod host;
mod missing;
mod order;

use std::sync::Arc;

use wasmtime::{InstancePre, Linker};

pub(crate) use self::{
    check::{Candidate, check},
    command::Command,
    host::BoundFunction,
    missing::{define_missing, missing},
    order::{Node, OrderError, link_order},
};
#[cfg(feature = "wasi")]
use crate::wasi::Replaced;
use crate::{Error, env, store::StoreData};

/// A plug-in's modules, compiled and linked, ready to be instantiated.
pub(crate) enum Linked {
    /// A single module: the host provides all its imports, so they are linked once.
    Single(InstancePre<StoreData>),
    /// Several modules, which import from each other, so each instance links its own.
    Several {
        /// With the imports that the host provides.
        linker: Box<Linker<StoreData>>,
        /// In the order in which they are instantiated; commands come last.
        modules: Vec<wasmtime::Module>,
    },
}

/// The parts of the runtime that only some plug-ins can use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Provided {
    /// The functions of WASI, some of them replaced.
    #[cfg(feature = "wasi")]
    pub(crate) wasi: Option<Replaced>,
    /// The environment's functions under their old names.
    pub(crate) old_names: bool,
    /// HTTP requests that do not hold the thread of an async call.
    pub(crate) async_requests: bool,
}

/// Returns a linker with what the host provides.
pub(crate) fn host_linker(
    engine: &wasmtime::Engine,
    functions: &[Arc<BoundFunction>],
    provided: Provided,
) -> Result<Linker<StoreData>, Error> {
    let mut linker = Linker::new(engine);
    let failed = |error| Error::engine("cannot link the host's functions", error);
    env::add_to_linker(&mut linker, provided.old_names, provided.async_requests).map_err(failed)?;
    #[cfg(feature = "wasi")]
    if let Some(replaced) = provided.wasi {
        crate::wasi::add_to_linker(&mut linker, replaced).map_err(failed)?;
    }
    // A host function may replace one of the runtime's functions.
    linker.allow_shadowing(true);
    for function in functions {
        host::define(&mut linker, function).map_err(failed)?;
    }
    Ok(linker)
}

/// Links modules that passed [`check`].
pub(crate) fn link(linker: Linker<StoreData>, mut modules: Vec<wasmtime::Module>) -> Result<Linked, Error> {
    match modules.len() {
        1 => {
            let module = modules.remove(0);
            let pre = linker.instantiate_pre(&module);
            pre.map(Linked::Single).map_err(|error| Error::engine("cannot link the module", error))
        }
        _ => Ok(Linked::Several { linker: Box::new(linker), modules }),
    }
}
