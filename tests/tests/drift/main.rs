//! Guests and hosts whose types have drifted apart: what the host says when it creates the client.
//!
//! Each row has the types of both sides. The guest's interface is stamped into a module that has the export, as its author
//! would do; the host creates its client from that.

mod other_language;
mod rows;
mod sections;

use extism_runtime::{
    CompiledPlugin, PluginBuilder,
    interface::{Description, Interface},
};

/// A module with the exports `pay` and `quote`.
const WAT: &str =
    r#"(module (func (export "pay") (result i32) (i32.const 0)) (func (export "quote") (result i32) (i32.const 0)))"#;

/// The same, described by this.
fn stamped(interface: &Interface) -> Vec<u8> {
    Description::from(interface.clone()).stamp(&wat::parse_str(WAT).unwrap()).unwrap()
}

fn compiled(module: Vec<u8>) -> CompiledPlugin {
    PluginBuilder::new(module).with_name("guest").compile().unwrap()
}

/// What creating the client reported, a line for each difference.
fn reasons<P>(created: Result<P, extism_runtime::Error>) -> Vec<String> {
    let Err(error) = created else { return Vec::new() };
    let text = error.to_string();
    let text = text.strip_prefix("plug-in `guest` does not satisfy the interface `Shop`:").expect(&text);
    text.split("\n  - ").map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}
