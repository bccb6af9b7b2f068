//! `#[host_fn]` and `host_fns!`, tested with plug-ins that import the functions.

#![allow(
    clippy::non_minimal_cfg,
    clippy::needless_arbitrary_self_type,
    reason = "host functions as programs may write them"
)]

mod arguments;
mod building;
mod impl_blocks;
mod names;
mod results;

use extism_runtime::{Plugin, PluginBuilder, host::IntoFunctions};

/// A plug-in that imports functions from `extism:host/user`, each by its name and its type in WAT.
///
/// `body` may call them as `$name`. For it there are `$input`, the input in a block of its own, and `$give`, which
/// returns the block of a handle.
fn importing(imports: &[(&str, &str)], body: &str) -> String {
    let imports: Vec<_> = imports
        .iter()
        .map(|(name, ty)| format!("(import \"extism:host/user\" {name:?} (func ${name} {ty}))"))
        .collect();
    let imports = imports.concat();
    format!(
        r#"(module
            (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
            (import "extism:host/env" "length" (func $length (param i64) (result i64)))
            (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
            (import "extism:host/env" "input_length" (func $input_length (result i64)))
            (import "extism:host/env" "input_load_u8" (func $input_load_u8 (param i64) (result i32)))
            (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
            {imports}
            {body}
            (func $give (param $handle i64)
                (call $output_set (local.get $handle) (call $length (local.get $handle))))
            (func $input (result i64)
                (local $handle i64) (local $at i64)
                (local.set $handle (call $alloc (call $input_length)))
                (block $done (loop $next
                    (br_if $done (i64.ge_u (local.get $at) (call $input_length)))
                    (call $store_u8
                        (i64.add (local.get $handle) (local.get $at)) (call $input_load_u8 (local.get $at)))
                    (local.set $at (i64.add (local.get $at) (i64.const 1)))
                    (br $next)))
                (local.get $handle)))"#
    )
}

/// A plug-in whose export `f` hands its input to the function `name`, and returns what that returns.
fn passing_on(name: &str) -> PluginBuilder {
    let body = format!(r#"(func (export "f") (call $give (call ${name} (call $input))))"#);
    PluginBuilder::new(importing(&[(name, "(param i64) (result i64)")], &body)).with_name("guest")
}

/// Such a plug-in, with these functions.
fn passing_on_to(name: &str, functions: impl IntoFunctions) -> Plugin {
    passing_on(name).with_functions(functions).build().expect("the plug-in builds")
}
