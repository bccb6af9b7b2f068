//! The official runtime, as a user writes it.

use std::{
    fs,
    hint::black_box,
    sync::{Arc, Mutex},
};

use extism::{CompiledPlugin, PTR, Plugin, PluginBuilder, UserData, convert::Json, host_fn};
use extism_benches::{Report, guests, large, payload};

use crate::{
    batch::{Result, Start, repeated},
    work::{Call, TEXT, Work},
};

host_fn!(reflect(input: Vec<u8>) -> Vec<u8> { Ok(input) });

pub fn prepare(work: Work) -> Result<Start> {
    if let Some(call) = work.call() {
        return calls(call);
    }
    match work {
        Work::Instance => instances(guests::ECHO),
        Work::InstancePdk => instances(guests::ECHO_PDK),
        Work::Compile | Work::CompileEndless => compiles(),
        Work::Load => loads(),
        _ => count_vowels(),
    }
}

/// A plug-in that threads create instances of, each from its own clone.
type LockedPlugin = Mutex<CompiledPlugin>;

fn compile(wasm: &[u8]) -> Result<LockedPlugin> {
    let builder = PluginBuilder::new(wasm).with_cache_disabled().with_function(
        "reflect",
        [PTR],
        [PTR],
        UserData::new(()),
        reflect,
    );
    Ok(Mutex::new(builder.compile()?))
}

fn get(compiled: &LockedPlugin) -> Result<CompiledPlugin> {
    Ok(compiled.lock().map_err(|error| error.to_string())?.clone())
}

fn calls(call: Call) -> Result<Start> {
    let compiled = compile(call.wasm)?;
    let input: Arc<[u8]> = call.input.into();
    Ok(repeated(move || {
        let mut plugin = Plugin::new_from_compiled(&get(&compiled)?)?;
        let input = Arc::clone(&input);
        Ok(move || {
            black_box(plugin.call::<&[u8], &[u8]>(call.export, black_box(&input))?);
            Ok(())
        })
    }))
}

fn count_vowels() -> Result<Start> {
    let compiled = compile(guests::COUNT_VOWELS)?;
    Ok(repeated(move || {
        let mut plugin = Plugin::new_from_compiled(&get(&compiled)?)?;
        Ok(move || {
            black_box(plugin.call::<&str, Json<Report>>("count_vowels", black_box(TEXT))?);
            Ok(())
        })
    }))
}

fn instances(wasm: &'static [u8]) -> Result<Start> {
    let compiled = compile(wasm)?;
    Ok(repeated(move || {
        let compiled = get(&compiled)?;
        let input = payload(64);
        Ok(move || {
            let mut plugin = Plugin::new_from_compiled(&compiled)?;
            black_box(plugin.call::<&[u8], &[u8]>("echo", black_box(&input))?);
            Ok(())
        })
    }))
}

fn compiles() -> Result<Start> {
    let wasm: Arc<[u8]> = large::module()?.into();
    Ok(repeated(move || {
        let wasm = Arc::clone(&wasm);
        Ok(move || {
            black_box(PluginBuilder::new(&wasm[..]).with_cache_disabled().compile()?);
            Ok(())
        })
    }))
}

fn loads() -> Result<Start> {
    let wasm: Arc<[u8]> = large::module()?.into();
    Ok(repeated(move || {
        let wasm = Arc::clone(&wasm);
        let directory = tempfile::tempdir()?;
        let config = directory.path().join("cache.toml");
        // A separate folder, since wasmtime removes files that it does not know.
        fs::write(&config, format!("[cache]\ndirectory = {:?}\n", directory.path().join("code")))?;
        let load = move || {
            let _keep = &directory;
            black_box(PluginBuilder::new(&wasm[..]).with_cache_config(&config).compile()?);
            Ok(())
        };
        load()?;
        Ok(load)
    }))
}
