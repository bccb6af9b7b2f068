//! A plug-in that logs.

use extism_runtime::{Plugin, PluginBuilder, Wasm};

/// Logs its input at each level by the level's name, and tells the lowest level that is listened to.
pub fn logger() -> Plugin {
    named("logger")
}

/// The same, by a name that its manifest gives.
pub fn named(name: &str) -> Plugin {
    named_with(name, |builder| builder)
}

/// The same, with further options.
pub fn named_with(name: &str, change: impl FnOnce(PluginBuilder) -> PluginBuilder) -> Plugin {
    let import = |name: &str| format!(r#"(import "extism:host/env" "log_{name}" (func ${name} (param i64)))"#);
    let export = |name: &str| format!(r#"(func (export "{name}") (call ${name} (call $offset)))"#);
    let levels = ["trace", "debug", "info", "warn", "error"];
    let wat = format!(
        r#"(module {}
        (import "extism:host/env" "input_offset" (func $offset (result i64)))
        (import "extism:host/env" "input_length" (func $length (result i64)))
        (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
        (import "extism:host/env" "get_log_level" (func $level (result i32)))
        {} (func (export "level") (result i32) (call $level))
        ;; A new block each time: who logs one has freed it.
        (func (export "for_ever") (loop $again (call $warn (call $alloc (call $length))) (br $again))))"#,
        levels.map(import).concat(),
        levels.map(export).concat()
    );
    change(PluginBuilder::new(Wasm::data(wat).with_name(name))).build().unwrap()
}

pub fn log_all(plugin: &mut Plugin, message: &[u8]) {
    for level in ["trace", "debug", "info", "warn", "error"] {
        plugin.call::<_, ()>(level, message).unwrap();
    }
}

pub fn level(plugin: &mut Plugin) -> i32 {
    match plugin.call::<_, ()>("level", ()) {
        Ok(()) => 0,
        Err(extism_runtime::Error::Guest { code, .. }) => code,
        Err(error) => panic!("{error}"),
    }
}
