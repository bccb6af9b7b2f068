//! Tests `#[plugin_interface]` with real plug-ins.

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
mod shared;
mod timeout;

use extism_runtime::Plugin;
use extism_tests::{echo_module as echoes, environment, module};

/// A plug-in whose exports have these names, and return their input unchanged.
fn echo(names: &[&str]) -> Plugin {
    Plugin::builder(echoes(names)).with_name("echo").build().expect("the plug-in builds")
}

/// A plug-in whose export `f` returns this text, and whose `fail` returns it as its error.
fn says(text: &str) -> Plugin {
    Plugin::builder(says_text(text)).with_name("says").build().expect("the plug-in builds")
}

/// The source of such a plug-in.
fn says_text(text: &str) -> String {
    let length = text.len();
    let exports = format!(
        r#"(func (export "f") (call $output_set (call $text) (i64.const {length})))
        (func (export "fail") (result i32) (call $error_set (call $text)) (i32.const 3))"#
    );
    let environment = environment(&["alloc", "store_u8", "output_set", "error_set"]);
    module(&[&environment, &extism_tests::text(text), &exports])
}
