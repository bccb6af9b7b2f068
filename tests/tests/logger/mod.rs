//! A plug-in that logs.

use extism_runtime::{Plugin, PluginBuilder, Wasm};
use extism_tests::{environment, module};

const LEVELS: [&str; 5] = ["trace", "debug", "info", "warn", "error"];

/// Logs its input at each level in the export of the level's name, and returns the lowest enabled level.
pub fn logger() -> Plugin {
    named("logger")
}

/// The same plug-in, under a name that its manifest sets.
pub fn named(name: &str) -> Plugin {
    named_with(name, |builder| builder)
}

/// The same plug-in, with further options.
pub fn named_with(name: &str, change: impl FnOnce(PluginBuilder) -> PluginBuilder) -> Plugin {
    let functions = environment(&[
        "log_trace",
        "log_debug",
        "log_info",
        "log_warn",
        "log_error",
        "get_log_level",
        "input_offset",
        "input_length",
        "alloc",
    ]);
    let export = |name: &str| format!(r#"(func (export "{name}") (call $log_{name} (call $input_offset)))"#);
    let others = r#"(func (export "level") (result i32) (call $get_log_level))
        ;; A new block each time: who logs one has freed it.
        (func (export "for_ever") (loop $again (call $log_warn (call $alloc (call $input_length))) (br $again)))"#;
    let wat = module(&[&functions, &LEVELS.map(export).concat(), others]);
    change(PluginBuilder::new(Wasm::data(wat).with_name(name))).build().unwrap()
}

pub fn log_all(plugin: &mut Plugin, message: &[u8]) {
    for level in LEVELS {
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
