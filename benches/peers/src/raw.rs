//! wasmtime itself, to measure the runtime's overhead.

use std::{hint::black_box, sync::Arc};

use extism_benches::{guests, large, raw};
use peers_work::{Function, Result, Start, Work, repeated};

/// Supports only work that does not need a kernel.
pub fn prepare(work: Work) -> Result<Option<Start>> {
    match work {
        Work::Call { function: Function::Empty, timeout: false, .. } => calls(guests::CONSUME, "empty").map(Some),
        Work::Compile => compiles(raw::interruptible_engine).map(Some),
        Work::CompileEndless => compiles(raw::engine).map(Some),
        Work::Load => loads().map(Some),
        _ => Ok(None),
    }
}

/// Calls of a function without arguments, in code that cannot be interrupted.
pub fn calls(wasm: impl AsRef<[u8]>, export: &'static str) -> Result<Start> {
    let guest = raw::prepare(&raw::engine()?, wasm)?;
    Ok(repeated(move || {
        let mut guest = raw::Raw::new(&guest, export)?;
        Ok(move || {
            black_box(guest.call_empty()?);
            Ok(())
        })
    }))
}

fn compiles(engine: fn() -> wasmtime::Result<wasmtime::Engine>) -> Result<Start> {
    let wasm: Arc<[u8]> = large::module()?.into();
    Ok(repeated(move || {
        let wasm = Arc::clone(&wasm);
        Ok(move || {
            black_box(wasmtime::Module::from_binary(&engine()?, &wasm)?);
            Ok(())
        })
    }))
}

fn loads() -> Result<Start> {
    let wasm: Arc<[u8]> = large::module()?.into();
    Ok(repeated(move || {
        let wasm = Arc::clone(&wasm);
        let directory = tempfile::tempdir()?;
        let load = move || {
            let engine = raw::cached_engine(directory.path())?;
            black_box(wasmtime::Module::from_binary(&engine, &wasm)?);
            Ok(())
        };
        load()?;
        Ok(load)
    }))
}
