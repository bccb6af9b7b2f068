//! `#[host_fn]` and `host_fns!`, tested with plug-ins that import the functions.

#![allow(
    clippy::non_minimal_cfg,
    clippy::needless_arbitrary_self_type,
    reason = "host functions as programs may write them"
)]

mod arguments;
mod async_functions;
mod building;
mod described;
mod impl_blocks;
mod names;
mod results;

use extism_runtime::{Plugin, PluginBuilder, host::IntoFunctions};
use extism_tests::{GIVE, INPUT, environment, module};

/// A plug-in that imports functions from `extism:host/user`, each with its name and its type in WAT.
///
/// `body` may call them as `$name`. It can use `$input`, which copies the input to a new block, and `$give`,
/// which returns the block of a handle.
fn importing(imports: &[(&str, &str)], body: &str) -> String {
    let imports: Vec<_> = imports
        .iter()
        .map(|(name, ty)| format!("(import \"extism:host/user\" {name:?} (func ${name} {ty}))"))
        .collect();
    let imports = imports.concat();
    let environment = environment(&["alloc", "length", "store_u8", "input_length", "input_load_u8", "output_set"]);
    module(&[&environment, &imports, body, GIVE, INPUT])
}

/// A plug-in whose export `f` passes its input to the function `name`, and returns its result.
fn passing_on(name: &str) -> PluginBuilder {
    let body = format!(r#"(func (export "f") (call $give (call ${name} (call $input))))"#);
    PluginBuilder::new(importing(&[(name, "(param i64) (result i64)")], &body)).with_name("guest")
}

/// Such a plug-in, with these functions.
fn passing_on_to(name: &str, functions: impl IntoFunctions) -> Plugin {
    passing_on(name).with_functions(functions).build().expect("the plug-in builds")
}
