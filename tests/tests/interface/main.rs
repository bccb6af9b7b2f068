//! `#[plugin_interface]` over real plug-ins.

mod arguments;
mod async_methods;
mod bodies;
mod codecs;
mod constants;
mod context;
mod creation;
mod data;
mod errors;
mod items;
mod missing_exports;
mod modules;
mod naming;
mod outcomes;
mod several;
mod shapes;
mod timeout;

use extism_runtime::Plugin;

/// A plug-in whose exports have these names, and return their input as it came.
fn echoes(names: &[&str]) -> String {
    let exports: Vec<_> = names.iter().map(|name| format!("(export {name:?})")).collect();
    let exports = exports.concat();
    format!(
        r#"(module
            (import "extism:host/env" "input_length" (func $length (result i64)))
            (import "extism:host/env" "input_offset" (func $offset (result i64)))
            (import "extism:host/env" "output_set" (func $set (param i64 i64)))
            (func {exports} (call $set (call $offset) (call $length))))"#
    )
}

/// An instance of such a plug-in.
fn echo(names: &[&str]) -> Plugin {
    Plugin::builder(echoes(names)).with_name("echo").build().expect("the plug-in builds")
}

/// A plug-in whose export `f` returns this text, and whose `fail` returns it as its error.
fn says(text: &str) -> Plugin {
    let stores: Vec<_> = text
        .bytes()
        .enumerate()
        .map(|(at, byte)| format!("(call $store (i64.add (local.get $block) (i64.const {at})) (i32.const {byte}))"))
        .collect();
    let stores = stores.concat();
    let length = text.len();
    let wat = format!(
        r#"(module
            (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
            (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
            (import "extism:host/env" "output_set" (func $set (param i64 i64)))
            (import "extism:host/env" "error_set" (func $error (param i64)))
            (func $text (result i64)
                (local $block i64)
                (local.set $block (call $alloc (i64.const {length})))
                {stores}
                (local.get $block))
            (func (export "f") (call $set (call $text) (i64.const {length})))
            (func (export "fail") (result i32) (call $error (call $text)) (i32.const 3)))"#
    );
    Plugin::builder(wat).with_name("says").build().expect("the plug-in builds")
}
