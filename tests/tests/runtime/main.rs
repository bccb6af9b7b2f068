//! The runtime's behaviour from a user's point of view, without macros.

mod assemblyscript;
mod atomics;
mod calls;
mod create;
mod debugging;
mod env;
mod guests;
mod host_functions;
mod initializers;
mod inspect;
mod kernel_calls;
mod kitchen_sink;
mod life;
mod limits;
mod linking;
mod missing_imports;
mod old_pdks;
mod page_limits;
mod stack;
mod threads;
mod untrusted;
mod wasi;

use std::path::PathBuf;

use extism_runtime::{CompiledPlugin, Plugin, PluginBuilder};

/// The path of a committed guest.
fn guest(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/plugins").join(file)
}

/// Recorded answers of the official runtime, and the like.
fn fixture(name: &str) -> serde_json::Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A plug-in of these WAT fields, with everything of the environment imported.
fn wat(body: &str) -> String {
    format!(
        r#"(module
            (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
            (import "extism:host/env" "free" (func $free (param i64)))
            (import "extism:host/env" "length" (func $length (param i64) (result i64)))
            (import "extism:host/env" "load_u8" (func $load_u8 (param i64) (result i32)))
            (import "extism:host/env" "load_u64" (func $load_u64 (param i64) (result i64)))
            (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
            (import "extism:host/env" "store_u64" (func $store_u64 (param i64 i64)))
            (import "extism:host/env" "input_length" (func $input_length (result i64)))
            (import "extism:host/env" "input_offset" (func $input_offset (result i64)))
            (import "extism:host/env" "input_load_u8" (func $input_load_u8 (param i64) (result i32)))
            (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
            (import "extism:host/env" "error_set" (func $error_set (param i64)))
            (import "extism:host/env" "config_get" (func $config_get (param i64) (result i64)))
            (import "extism:host/env" "var_get" (func $var_get (param i64) (result i64)))
            (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
            (import "extism:host/env" "log_info" (func $log_info (param i64)))
            (import "extism:host/env" "get_log_level" (func $get_log_level (result i32)))
            {body}
            ;; Gives the block at a handle as the output.
            (func $give (param $handle i64)
                (call $output_set (local.get $handle) (call $length (local.get $handle))))
            ;; The input in a block of its own.
            (func $input (result i64)
                (local $handle i64) (local $at i64)
                (local.set $handle (call $alloc (call $input_length)))
                (block $done (loop $next
                    (br_if $done (i64.ge_u (local.get $at) (call $input_length)))
                    (call $store_u8
                        (i64.add (local.get $handle) (local.get $at)) (call $input_load_u8 (local.get $at)))
                    (local.set $at (i64.add (local.get $at) (i64.const 1)))
                    (br $next)))
                (local.get $handle))
            ;; The input as it is.
            (func (export "echo") (call $output_set (call $input_offset) (call $input_length))))"#
    )
}

fn plugin(body: &str) -> Plugin {
    Plugin::new(wat(body)).expect("the plug-in builds")
}

fn builder(body: &str) -> PluginBuilder {
    PluginBuilder::new(wat(body))
}

fn compiled(body: &str) -> CompiledPlugin {
    builder(body).compile().expect("the plug-in compiles")
}

/// The function `spin`, which never ends.
const SPIN: &str = r#"(func (export "spin") (loop $again (br $again)))"#;
/// The function `trap`.
const TRAP: &str = r#"(func $reason (unreachable)) (func (export "trap") (call $reason))"#;
/// The functions `remember` (the input becomes the variable "v") and `recall` (it becomes the output).
const VAR: &str = r#"
    (func $name (result i64)
        (local $handle i64)
        (local.set $handle (call $alloc (i64.const 1)))
        (call $store_u8 (local.get $handle) (i32.const 118))
        (local.get $handle))
    (func (export "remember") (call $var_set (call $name) (call $input)))
    (func (export "forget") (call $var_set (call $name) (i64.const 0)))
    (func (export "recall") (call $give (call $var_get (call $name))))"#;

/// A value that takes a megabyte more each time that it is encoded.
#[derive(Default)]
struct Growing(std::cell::Cell<usize>);

impl extism_runtime::Encode for Growing {
    fn encode(&self, out: &mut extism_runtime::codec::Writer<'_>) -> Result<(), extism_runtime::codec::CodecError> {
        self.0.set(self.0.get() + (2 << 20));
        out.put(&vec![0; self.0.get()]);
        Ok(())
    }
}

/// What is said of it.
const GROWS: &str = "the value's encoding grows each time that it is encoded";
