//! Malicious plug-ins, modules, manifests and servers, and the exact errors that they cause.
//!
//! Each test checks a promise of `SECURITY.md`, which names the test. No test asserts that something is quick, only
//! that it ends; code that could hang runs under a timeout.

#[cfg(target_os = "linux")]
mod cache;
mod compiling;
mod host;
mod http;
mod instantiate;
mod isolation;
mod kernel;
mod manifests;
mod memory;
mod messages;
mod modules;
#[cfg(target_os = "linux")]
mod paths;
#[cfg(target_os = "linux")]
mod process;
mod secrets;
#[cfg(target_os = "linux")]
mod shares;
mod time;
mod values;
#[cfg(target_os = "linux")]
mod wasi;

use std::time::Duration;

use extism_runtime::{Error, Manifest, Plugin, PluginBuilder, ValType, Wasm};

/// The call's limit where it is expected to be reached.
const SOON: Duration = Duration::from_millis(100);

/// What is said then.
const TIMED_OUT: &str = "timed out after 100ms; raise the manifest's `timeout_ms` if it may take longer";

/// A module of these WAT fields, with everything of the environment imported, and the host function `host`.
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
            (import "extism:host/env" "input_load_u64" (func $input_load_u64 (param i64) (result i64)))
            (import "extism:host/env" "input_set" (func $input_set (param i64 i64)))
            (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
            (import "extism:host/env" "error_set" (func $error_set (param i64)))
            (import "extism:host/env" "error_get" (func $error_get (result i64)))
            (import "extism:host/env" "memory_bytes" (func $memory_bytes (result i64)))
            (import "extism:host/env" "reset" (func $reset))
            (import "extism:host/env" "config_get" (func $config_get (param i64) (result i64)))
            (import "extism:host/env" "var_get" (func $var_get (param i64) (result i64)))
            (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
            (import "extism:host/env" "log_info" (func $log_info (param i64)))
            (import "extism:host/env" "log_error" (func $log_error (param i64)))
            (import "extism:host/env" "http_request" (func $http_request (param i64 i64) (result i64)))
            (import "extism:host/env" "http_status_code" (func $http_status_code (result i32)))
            (import "extism:host/env" "http_headers" (func $http_headers (result i64)))
            (import "extism:host/user" "host" (func $host (param i64) (result i64)))
            {body}
            ;; Gives the block at a handle as the output.
            (func $give (param $handle i64)
                (call $output_set (local.get $handle) (call $length (local.get $handle))))
            ;; A block with a number.
            (func $number (param $value i64) (result i64) (local $handle i64)
                (local.set $handle (call $alloc (i64.const 8)))
                (call $store_u64 (local.get $handle) (local.get $value))
                (local.get $handle))
            ;; The input as it is.
            (func (export "echo") (call $output_set (call $input_offset) (call $input_length))))"#
    )
}

/// A builder of a plug-in named `hostile`, whose host function `host` gives back the length of its block, as text.
fn builder(manifest: Manifest) -> PluginBuilder {
    PluginBuilder::new(manifest).with_name("hostile").with_function(
        "host",
        [ValType::PTR],
        [ValType::PTR],
        |plugin, args, results| {
            let length = plugin.get::<&[u8]>(&args[0])?.len();
            results[0] = plugin.put(length.to_string())?;
            Ok(())
        },
    )
}

fn manifest(body: &str) -> Manifest {
    Manifest::new([Wasm::data(wat(body))])
}

fn plugin(body: &str) -> Plugin {
    builder(manifest(body)).build().expect("the plug-in builds")
}

/// A plug-in whose calls end soon.
fn limited(body: &str) -> Plugin {
    builder(manifest(body).with_timeout(SOON)).build().expect("the plug-in builds")
}

/// A plug-in whose memories may grow by so many pages.
fn small(body: &str, max_pages: u32) -> Plugin {
    builder(manifest(body).with_memory_max(max_pages)).build().expect("the plug-in builds")
}

/// The error of a call, which must fail.
fn error_of(plugin: &mut Plugin, export: &str, input: &[u8]) -> Error {
    match plugin.call::<_, Vec<u8>>(export, input) {
        Err(error) => error,
        Ok(output) => panic!("`{export}` did not fail, but gave {} bytes", output.len()),
    }
}

/// What the error of a call says, without the place: `plug-in .., export ..: ` is checked and taken off.
fn failure(plugin: &mut Plugin, export: &str, input: &[u8]) -> String {
    let text = error_of(plugin, export, input).to_string();
    let place = format!("plug-in `hostile`, export `{export}`: ");
    text.strip_prefix(&place).unwrap_or_else(|| panic!("{text}")).to_owned()
}

/// The number that a call gives.
fn number(plugin: &mut Plugin, export: &str) -> i64 {
    plugin.call(export, ()).unwrap_or_else(|error| panic!("{error}"))
}

/// Asserts that the plug-in works.
fn assert_works(plugin: &mut Plugin) {
    // On a machine that is very busy, even this may take longer than the limit.
    for _ in 0..20 {
        match plugin.call::<_, &str>("echo", "it works") {
            Err(Error::Timeout { .. }) => {}
            result => return assert_eq!(result.expect("the next call works"), "it works"),
        }
    }
    panic!("the next call takes too long");
}
