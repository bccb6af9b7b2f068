//! The plug-ins: one with an export for each outcome, and one that uses WASI.

use std::time::Duration;

use extism_runtime::{CompiledPlugin, Engine, Error, Manifest, PluginBuilder, ValType, Wasm};

/// An export for each way in which a call can end.
const WAT: &str = r#"(module
    (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
    (import "extism:host/env" "length" (func $length (param i64) (result i64)))
    (import "extism:host/env" "store_u64" (func $store_u64 (param i64 i64)))
    (import "extism:host/env" "input_length" (func $input_length (result i64)))
    (import "extism:host/env" "input_offset" (func $input_offset (result i64)))
    (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
    (import "extism:host/env" "error_set" (func $error_set (param i64)))
    (import "extism:host/env" "var_get" (func $var_get (param i64) (result i64)))
    (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
    (import "extism:host/user" "host" (func $host (param i64) (result i64)))
    (memory 1)
    (func $give (param $handle i64) (call $output_set (local.get $handle) (call $length (local.get $handle))))
    (func $name (result i64) (local i64)
        (local.set 0 (call $alloc (i64.const 8))) (call $store_u64 (local.get 0) (i64.const 65)) (local.get 0))
    (func (export "echo") (call $output_set (call $input_offset) (call $input_length)))
    (func (export "remember") (call $var_set (call $name) (call $input_offset)))
    (func (export "recall") (call $give (call $var_get (call $name))))
    (func (export "fail") (result i32) (call $error_set (call $input_offset)) (i32.const 1))
    (func (export "trap") (unreachable))
    (func (export "spin") (loop $again (br $again)))
    (func $down (export "overflow") (call $down))
    ;; Four mebibytes, each byte of them written.
    (func (export "hungry")
        (if (i32.eq (memory.grow (i32.const 64)) (i32.const -1)) (then (unreachable)))
        (memory.fill (i32.const 65536) (i32.const 1) (i32.const 4194304)))
    (func (export "greedy") (loop $again
        (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then (unreachable))) (br $again)))
    (func (export "host") (call $give (call $host (call $input_offset)))))"#;

/// Compiled plug-ins, which all threads share.
pub(crate) struct Plugins {
    engine: Engine,
    /// Calls without a time limit.
    pub(crate) patient: CompiledPlugin,
    /// Calls end after a few milliseconds.
    pub(crate) hurried: CompiledPlugin,
    /// Files, clocks and random numbers of WASI.
    pub(crate) wasi: CompiledPlugin,
}

impl Plugins {
    pub(crate) fn compile() -> Result<Self, Error> {
        // Without a cache, so that leaks of compiling are detected; with fewer places in the pool than
        // instances, so that both ways to create them are used.
        let engine = Engine::builder().with_cache(false).with_pool_size(30).build()?;
        let file = Wasm::file(concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/wasi_files.wasm"));
        Ok(Self {
            patient: everything(&engine, Duration::from_mins(10))?,
            hurried: everything(&engine, Duration::from_millis(10))?,
            wasi: PluginBuilder::new(file).with_wasi(true).with_engine(&engine).compile()?,
            engine,
        })
    }

    /// The patient plug-in, compiled again.
    pub(crate) fn recompile(&self) -> Result<CompiledPlugin, Error> {
        everything(&self.engine, Duration::from_mins(10))
    }
}

fn everything(engine: &Engine, timeout: Duration) -> Result<CompiledPlugin, Error> {
    let manifest = Manifest::new([Wasm::data(WAT)]).with_timeout(timeout).with_memory_max(256);
    PluginBuilder::new(manifest)
        .with_name("soak")
        .with_engine(engine)
        .with_function("host", [ValType::PTR], [ValType::PTR], |plugin, arguments, results| {
            let text: String = plugin.get(&arguments[0])?;
            match text.as_bytes().first() {
                Some(b'p') => panic!("{text}"),
                Some(b'e') => Err(text.into()),
                _ => {
                    results[0] = plugin.put(text)?;
                    Ok(())
                }
            }
        })
        .compile()
}
