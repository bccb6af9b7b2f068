//! The behaviours that the tests of the official crate check, one test for each; the README lists them.
#![allow(clippy::pedantic, elided_lifetimes_in_paths, reason = "tests are written as programs are")]

mod calls;
mod contexts;
mod debugging;
mod errors;
mod fuel;
mod host_functions;
mod http;
mod limits;
mod manifests;
mod pools;
mod reactors;
mod recorded;
mod recorded_errors;
mod threads;
mod typed;

use extism::{Manifest, Wasm};

/// A committed guest.
fn guest(name: &str) -> Manifest {
    Manifest::new([Wasm::file(format!("{}/../examples/plugins/{name}.wasm", env!("CARGO_MANIFEST_DIR")))])
}

/// A plug-in in WAT, with these functions of the environment.
fn module(functions: &[&str], body: &str) -> String {
    format!("(module {}\n{body})", extism_tests::environment(functions))
}

/// A plug-in whose export `reflect` returns what the host function `reflect` makes of the input.
fn reflect() -> Manifest {
    guest("reflect")
}
