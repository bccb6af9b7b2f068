//! WASI preview 1, for plug-ins that import it.
//!
//! The functions are the asynchronous ones of `wasmtime-wasi`, so that they work on any thread, even inside a tokio
//! task, where the synchronous ones would start a runtime inside a runtime. Sleeping is replaced, so that it ends at
//! the call's deadline and does not hold the thread of an async call, and paths are checked before they are opened.

mod clock;
mod context;
mod directories;
mod files;
mod poll;
mod random;
mod read;
mod stdin;
mod stdout;

use wasmtime::Linker;

pub(crate) use self::{
    context::{check_environment, context},
    directories::Directories,
};
use crate::{artifact::WASI, error::BoxError, settings::Settings, store::StoreData, streams::Input};

/// The functions that a builder's options replace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replaced {
    /// Reading, as standard input comes from a reader of the program's.
    read: bool,
    /// Random bytes, as they come from a seed.
    random: bool,
}

impl Replaced {
    pub(crate) fn of(settings: &Settings) -> Self {
        let sees = &settings.options.sees;
        Self { read: matches!(sees.streams.input, Input::Reader(_)), random: sees.seed.is_some() }
    }
}

/// Adds WASI's functions to a linker. `replaced` are the functions that the builder's options
/// replace.
pub(crate) fn add_to_linker(linker: &mut Linker<StoreData>, replaced: Replaced) -> wasmtime::Result<()> {
    wasmtime_wasi::p1::add_to_linker_async(linker, |data: &mut StoreData| {
        // The context is created with the instance, for every instance of a module that imports WASI.
        data.wasi_mut().get_or_insert_with(context::empty)
    })?;
    linker.allow_shadowing(true);
    linker.func_wrap_async(WASI, "poll_oneoff", |caller, args| Box::new(poll::poll_oneoff(caller, args)))?;
    files::add_to_linker(linker)?;
    if replaced.read {
        read::add_to_linker(linker)?;
    }
    if replaced.random {
        random::add_to_linker(linker)?;
    }
    linker.allow_shadowing(false);
    Ok(())
}

/// Returns the code with which a plug-in has exited, if that is why the call failed.
pub(crate) fn exit_code(error: &wasmtime::Error) -> Option<i32> {
    error.downcast_ref::<wasmtime_wasi::I32Exit>().map(|exit| exit.0)
}

/// Returns an error that ends the call.
fn trap(message: impl Into<BoxError>) -> wasmtime::Error {
    wasmtime::Error::from_boxed(message.into())
}
