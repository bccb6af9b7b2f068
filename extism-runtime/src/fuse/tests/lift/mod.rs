//! Tests loops that copy: which are lifted, and that lifting does not change their effect.

mod bounds;
mod broken;
mod guests;
mod hostile;
mod real;
mod runs;

use std::fmt::Write;

use super::guest::FUNCTIONS;
use crate::{
    fuse::{FEATURES, Given, KernelMemory, Options, fuse_with},
    fuzzing_lift::{Both, Scene, bulk_copies},
};

/// A module that imports the kernel's functions, each under its name, and has these fields.
fn module(fields: &str) -> String {
    let mut text = String::from("(module\n");
    for (name, params, results) in FUNCTIONS {
        let ty = format!("(param {}) (result {})", params.join(" "), results.join(" "));
        writeln!(text, "(import \"extism:host/env\" \"{name}\" (func ${name} {ty}))").unwrap();
    }
    text + fields + ")"
}

/// A function `run` with parameters, and a loop between what comes before and its results.
fn run(signature: &str, body: &str) -> String {
    module(&format!("(memory (export \"memory\") 2 2)\n(func (export \"run\") {signature}\n{body})"))
}

/// A run with these arguments, and an input of this many bytes.
fn scene(arguments: &[i64], input_length: u64) -> Scene {
    Scene { arguments: arguments.to_vec(), input_offset: 6000, input_length, input_at_end: false }
}

/// Returns how many loops of a module are lifted, and checks that the module is valid.
fn lifted(wasm: &[u8]) -> usize {
    let memories = [KernelMemory::Define, KernelMemory::Import { module: "extism:kernel", name: "memory" }];
    let counts = memories.map(|memory| {
        let [lifted, plain] = [true, false].map(|lift| {
            let wasm = fuse_with(wasm, Options { memory, given: Given::NONE, lift, headroom: 0 }).unwrap().wasm;
            wasmparser::Validator::new_with_features(FEATURES).validate_all(&wasm).unwrap();
            bulk_copies(&wasm)
        });
        assert_eq!(plain, 0);
        lifted
    });
    assert_eq!(counts[0], counts[1]);
    counts[0]
}

fn lifted_of(text: &str) -> usize {
    lifted(&wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}")))
}
