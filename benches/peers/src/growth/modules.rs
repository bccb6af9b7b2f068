//! Compiling, instances and calls over the number of a module's exports, of a plug-in's modules, and of host functions.

use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use extism_runtime::{CompiledPlugin, Engine, Export, Function, Manifest, PluginBuilder, ValType, Wasm};
use peers_work::{Result, Start, repeated};

use super::{grow, times};
use crate::{chart::Chart, measure::Effort};

const COMPILE: &str = "compile";
const INSTANCE: &str = "instance and first call";

/// Makes a plug-in of modules, the last of which is new each time.
type Build = Arc<dyn Fn(&Engine) -> Result<CompiledPlugin> + Send + Sync>;

pub(super) fn exports(effort: Effort) -> Result<Chart> {
    let names = [COMPILE, INSTANCE, "call by name", "call by handle"];
    let numbers = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000];
    let series = grow(names, &numbers, effort, |number| {
        let mut wat = String::from("(module ");
        for index in 1..=number {
            write!(wat, "(func (export \"f{index}\") (result i32) (i32.const 0))")?;
        }
        let module = wat::parse_str(wat + ")")?;
        let build: Build = Arc::new(move |engine| compile(engine, [Wasm::data(different(&module))], Vec::new()));
        // The last one.
        works(&build, &format!("f{number}"))
    })?;
    Ok(times("A module's exports", "exports", series))
}

pub(super) fn linked(effort: Effort) -> Result<Chart> {
    let names = [COMPILE, INSTANCE, "call through all modules"];
    let series = grow(names, &[1, 2, 3, 5, 7, 10, 20, 30, 50], effort, |number| {
        let modules: Vec<_> = (1..=number).map(link).collect::<Result<_>>()?;
        let build: Build = Arc::new(move |engine| {
            let named = modules.iter().enumerate();
            let wasm = named.map(|(at, module)| Wasm::data(different(module)).with_name(format!("m{}", at + 1)));
            compile(engine, wasm, Vec::new())
        });
        let [compile, instance, _, handle] = works(&build, "run")?;
        Ok([compile, instance, handle])
    })?;
    Ok(times("A plug-in's modules, each of which calls the one before", "modules", series))
}

/// Returns a module that calls the one before it. The last one is the plug-in's own, whose name does not matter.
fn link(number: u32) -> Result<Vec<u8>> {
    let wat = match number {
        1 => r#"(module (func $f (export "f") (result i32) (i32.const 0)) (export "run" (func $f)))"#.to_owned(),
        _ => format!(
            r#"(module (import "m{}" "f" (func $before (result i32)))
            (func $f (export "f") (result i32) (call $before)) (export "run" (func $f)))"#,
            number - 1
        ),
    };
    Ok(wat::parse_str(wat)?)
}

pub(super) fn functions(effort: Effort) -> Result<Chart> {
    let names = [COMPILE, INSTANCE, "call of a host function"];
    let series = grow(names, &[1, 3, 10, 30, 100, 300, 1_000], effort, |number| {
        let mut wat = String::from("(module ");
        for index in 1..=number {
            write!(wat, r#"(import "extism:host/user" "f{index}" (func $f{index} (param i64) (result i64)))"#)?;
        }
        write!(wat, r#"(func (export "run") (drop (call $f{number} (i64.const 1)))))"#)?;
        let module = wat::parse_str(wat)?;
        let build: Build = Arc::new(move |engine| {
            let functions = (1..=number).map(|index| {
                Function::new(format!("f{index}"), [ValType::I64], [ValType::I64], |_, arguments, results| {
                    results[0] = arguments[0];
                    Ok(())
                })
            });
            compile(engine, [Wasm::data(different(&module))], functions.collect())
        });
        let [compile, instance, _, handle] = works(&build, "run")?;
        Ok([compile, instance, handle])
    })?;
    Ok(times("Host functions that a module imports", "host functions", series))
}

fn compile(engine: &Engine, wasm: impl IntoIterator<Item = Wasm>, functions: Vec<Function>) -> Result<CompiledPlugin> {
    Ok(PluginBuilder::new(Manifest::new(wasm)).with_functions(functions).with_engine(engine).compile()?)
}

/// A module that differs from all others by a custom section, since an engine keeps what it has compiled.
fn different(module: &[u8]) -> Vec<u8> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let mut wasm = module.to_vec();
    wasm.extend([0, 6, 1, b'n']);
    wasm.extend(NUMBER.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    wasm
}

/// Compiling; a new instance and a call; a call by name; one by a handle.
fn works(build: &Build, export: &str) -> Result<[Option<Start>; 4]> {
    let engine = Engine::builder().with_cache(false).build()?;
    let compiled = build(&engine)?;
    let export: Arc<str> = export.into();
    let again = Arc::clone(build);
    let compiling = repeated(move || {
        let (build, engine) = (Arc::clone(&again), engine.clone());
        Ok(move || build(&engine).map(drop))
    });
    let (source, name) = (compiled.clone(), Arc::clone(&export));
    let instance = repeated(move || {
        let (compiled, export) = (source.clone(), Arc::clone(&name));
        Ok(move || Ok(compiled.instantiate()?.call::<_, ()>(&export, ())?))
    });
    let (source, name) = (compiled.clone(), Arc::clone(&export));
    let by_name = repeated(move || {
        let (mut plugin, export) = (source.instantiate()?, Arc::clone(&name));
        Ok(move || Ok(plugin.call::<_, ()>(&export, ())?))
    });
    let by_handle = repeated(move || {
        let mut plugin = compiled.instantiate()?;
        let export: Export<(), ()> = plugin.export(&*export)?;
        Ok(move || Ok(export.call(&mut plugin, ())?))
    });
    Ok([Some(compiling), Some(instance), Some(by_name), Some(by_handle)])
}
