//! extism-runtime, as a user writes it.

use std::{
    hint::black_box,
    sync::{Arc, Mutex},
};

use extism_benches::{EchoPlugin, Report, guests, large, payload};
use extism_runtime::{CompiledPlugin, Engine, Export, Function, Json, PluginBuilder, ValType};

use crate::{
    batch::{Result, Start, repeated, timed},
    work::{Call, TEXT, Work},
};

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

/// Calls of 64 bytes in and out through a handle, and through a typed client: of the same instance, since two
/// instances differ by more than the overhead that is measured.
pub fn handle_and_client() -> Result<[Start; 2]> {
    let text: &'static str = String::from_utf8(payload(64))?.leak();
    let client = Arc::new(Mutex::new(EchoPlugin::try_from(compile(guests::ECHO)?.instantiate()?)?));
    let by_handle = Arc::clone(&client);
    let handle: Start = Box::new(move || {
        let client = Arc::clone(&by_handle);
        Ok(Box::new(move |count| {
            let mut client = client.lock().map_err(|error| error.to_string())?;
            let plugin = client.plugin_mut();
            let export: Export<&str, &str> = plugin.export("echo")?;
            timed(count, || {
                black_box(export.call(plugin, black_box(text))?);
                Ok(())
            })
        }))
    });
    let client: Start = Box::new(move || {
        let client = Arc::clone(&client);
        Ok(Box::new(move |count| {
            let client = &mut *client.lock().map_err(|error| error.to_string())?;
            timed(count, || {
                black_box(client.echo(black_box(text))?);
                Ok(())
            })
        }))
    });
    Ok([handle, client])
}

/// The engine that all share; it does not store compiled code.
fn engine() -> Result<Engine> {
    static ENGINE: Mutex<Option<Engine>> = Mutex::new(None);
    let mut engine = ENGINE.lock().map_err(|error| error.to_string())?;
    Ok(match &*engine {
        Some(engine) => engine.clone(),
        None => {
            engine.insert(Engine::builder().with_cache(false).with_pool_size(extism_benches::pool()).build()?).clone()
        }
    })
}

fn compile(wasm: &[u8]) -> Result<CompiledPlugin> {
    let reflect = Function::new("reflect", [ValType::I64], [ValType::I64], |plugin, args, results| {
        let bytes: Vec<u8> = plugin.get(&args[0])?;
        results[0] = plugin.put(&bytes)?;
        Ok(())
    });
    Ok(PluginBuilder::new(wasm).with_engine(&engine()?).with_functions(reflect).compile()?)
}

fn calls(call: Call) -> Result<Start> {
    let compiled = compile(call.wasm)?;
    let input: Arc<[u8]> = call.input.into();
    Ok(repeated(move || {
        let mut plugin = compiled.instantiate()?;
        let export: Export<&[u8], &[u8]> = plugin.export(call.export)?;
        let input = Arc::clone(&input);
        Ok(move || {
            black_box(export.call(&mut plugin, black_box(&input))?);
            Ok(())
        })
    }))
}

fn count_vowels() -> Result<Start> {
    let compiled = compile(guests::COUNT_VOWELS)?;
    Ok(repeated(move || {
        let mut plugin = compiled.instantiate()?;
        let export: Export<&str, Json<Report>> = plugin.export("count_vowels")?;
        Ok(move || {
            black_box(export.call(&mut plugin, black_box(TEXT))?);
            Ok(())
        })
    }))
}

fn instances(wasm: &'static [u8]) -> Result<Start> {
    let compiled = compile(wasm)?;
    Ok(repeated(move || {
        let compiled = compiled.clone();
        let input = payload(64);
        Ok(move || {
            let mut plugin = compiled.instantiate()?;
            black_box(plugin.call::<_, &[u8]>("echo", black_box(&input[..]))?);
            Ok(())
        })
    }))
}

fn compiles() -> Result<Start> {
    let wasm: Arc<[u8]> = large::module()?.into();
    Ok(repeated(move || {
        let wasm = Arc::clone(&wasm);
        Ok(move || {
            // A new engine each time, since an engine keeps the modules that it has compiled.
            let engine = Engine::builder().with_cache(false).build()?;
            black_box(PluginBuilder::new(&wasm[..]).with_engine(&engine).compile()?);
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
            let engine = Engine::builder().with_cache_directory(directory.path()).build()?;
            black_box(PluginBuilder::new(&wasm[..]).with_engine(&engine).compile()?);
            Ok(())
        };
        // The measurement begins when the files exist.
        load()?;
        Ok(load)
    }))
}
