//! extism-runtime, as a user writes it.

use std::{
    hint::black_box,
    sync::{Arc, Mutex},
};

use extism_benches::large;
use extism_runtime::{
    CompiledPlugin, CurrentPlugin, Engine, Export, Function as HostFunction, Json, Manifest, PluginBuilder, Val,
    ValType, Wasm,
};
use peers_functions::Report;
use peers_work::{Function, Result, Start, TIMEOUT, Work, repeated};

/// Bytes that a guest's memory has before it asks for them, where it has any.
const HEADROOM: usize = 256 << 10;

/// Prepares work; `None` for what only the API of the crate `extism` has.
pub fn prepare(work: Work) -> Result<Option<Start>> {
    Ok(Some(match work {
        Work::Call { function: Function::CountVowels | Function::CountVowelsRecord, .. } => count_vowels(work)?,
        Work::Call { function, .. } => calls(compile(work, &engine()?)?, function, work.input()),
        Work::Instance(_) | Work::InstanceWithHeadroom(_) => instances(work)?,
        Work::Compile | Work::CompileEndless => compiles(true)?,
        Work::Load => loads(true)?,
        Work::Build(_) | Work::Typed(_) | Work::Pool(_) => return Ok(None),
    }))
}

/// The engine that all share; it does not store compiled code.
pub fn engine() -> Result<Engine> {
    static ENGINE: Mutex<Option<Engine>> = Mutex::new(None);
    let mut engine = ENGINE.lock().map_err(|error| error.to_string())?;
    Ok(match &*engine {
        Some(engine) => engine.clone(),
        None => engine.insert(new_engine()?).clone(),
    })
}

/// An engine for new instances. In the one that all share, places of the pool have held megabytes, and Linux takes longer to
/// change the protection of their pages from then on.
pub fn new_engine() -> Result<Engine> {
    Ok(Engine::builder().with_cache(false).with_pool_size(extism_benches::pool()).build()?)
}

/// Compiles the guest that does this work.
pub fn compile(work: Work, engine: &Engine) -> Result<CompiledPlugin> {
    let mut manifest = Manifest::new([Wasm::data(work.wasm())]);
    if let Work::Call { timeout: true, .. } = work {
        manifest = manifest.with_timeout(TIMEOUT);
    }
    let reflect = HostFunction::new("reflect", [ValType::I64], [ValType::I64], reflect);
    Ok(PluginBuilder::new(manifest).with_engine(engine).with_functions(reflect).compile()?)
}

/// Returns what it is given.
pub fn reflect(plugin: &mut CurrentPlugin<'_>, arguments: &[Val], results: &mut [Val]) -> Result<()> {
    let bytes: Vec<u8> = plugin.get(&arguments[0])?;
    results[0] = plugin.put(&bytes)?;
    Ok(())
}

/// Calls of bytes in and bytes out through a handle.
pub fn calls(compiled: CompiledPlugin, function: Function, input: Vec<u8>) -> Start {
    let input: Arc<[u8]> = input.into();
    repeated(move || {
        let mut plugin = compiled.instantiate()?;
        let export: Export<&[u8], &[u8]> = plugin.export(function.export())?;
        let input = Arc::clone(&input);
        Ok(move || {
            black_box(export.call(&mut plugin, black_box(&input))?);
            Ok(())
        })
    })
}

fn count_vowels(work: Work) -> Result<Start> {
    let compiled = compile(work, &engine()?)?;
    let text = String::from_utf8(work.input())?;
    Ok(repeated(move || {
        let mut plugin = compiled.instantiate()?;
        let export: Export<&str, Json<Report>> = plugin.export("count_vowels")?;
        let text = text.clone();
        Ok(move || {
            black_box(export.call(&mut plugin, black_box(&text))?);
            Ok(())
        })
    }))
}

fn instances(work: Work) -> Result<Start> {
    let engine = match work {
        Work::InstanceWithHeadroom(_) => {
            let builder = Engine::builder().with_cache(false).with_pool_size(extism_benches::pool());
            builder.with_memory_headroom(HEADROOM).build()?
        }
        _ => new_engine()?,
    };
    let compiled = compile(work, &engine)?;
    Ok(repeated(move || {
        let (compiled, input) = (compiled.clone(), work.input());
        Ok(move || {
            let mut plugin = compiled.instantiate()?;
            black_box(plugin.call::<_, &[u8]>("echo", black_box(&input[..]))?);
            Ok(())
        })
    }))
}

/// Compiles the module of 1.5 MB.
pub fn compiles(bulk_copies: bool) -> Result<Start> {
    let wasm: Arc<[u8]> = large::module()?.into();
    Ok(repeated(move || {
        let wasm = Arc::clone(&wasm);
        Ok(move || {
            // A new engine each time, since an engine keeps the modules that it has compiled.
            let engine = Engine::builder().with_cache(false).with_bulk_copies(bulk_copies).build()?;
            black_box(PluginBuilder::new(&wasm[..]).with_engine(&engine).compile()?);
            Ok(())
        })
    }))
}

/// Loads the module of 1.5 MB from the cache.
pub fn loads(bulk_copies: bool) -> Result<Start> {
    let wasm: Arc<[u8]> = large::module()?.into();
    Ok(repeated(move || {
        let wasm = Arc::clone(&wasm);
        let directory = tempfile::tempdir()?;
        let load = move || {
            let builder = Engine::builder().with_cache_directory(directory.path()).with_bulk_copies(bulk_copies);
            black_box(PluginBuilder::new(&wasm[..]).with_engine(&builder.build()?).compile()?);
            Ok(())
        };
        // The measurement begins when the files exist.
        load()?;
        Ok(load)
    }))
}
