//! Tests malicious plug-ins, modules, manifests and servers, and the exact errors that they cause.
//!
//! Each test checks a promise of `SECURITY.md`, which names the test. No test asserts that something is quick, only
//! that it ends; code that could hang runs under a timeout.

#[cfg(target_os = "linux")]
mod cache;
mod cancels;
mod compiling;
#[cfg(target_os = "linux")]
mod descriptors;
mod host;
mod http;
mod instantiate;
mod isolation;
mod kernel;
mod manifests;
mod memory;
mod messages;
mod modules;
mod nested;
mod panics;
#[cfg(target_os = "linux")]
mod paths;
#[cfg(target_os = "linux")]
mod pipes;
mod pools;
#[cfg(target_os = "linux")]
mod process;
mod secrets;
#[cfg(target_os = "linux")]
mod shares;
mod sizes;
mod time;
mod values;
mod vars;
#[cfg(target_os = "linux")]
mod wasi;

use std::time::Duration;

use extism_runtime::{Error, Manifest, Plugin, PluginBuilder, ValType, Wasm};
use extism_tests::{GIVE, NUMBER, echo, environment, module};

/// The limit of calls that are expected to reach it.
const SOON: Duration = Duration::from_millis(100);

/// The error's text then.
const TIMED_OUT: &str = "timed out after 100ms; raise the manifest's `timeout_ms` if it may take longer";

/// A module of these WAT fields, with most of the environment imported, the host function `host`, `$give`, `$number`
/// and the export `echo`.
fn wat(body: &str) -> String {
    let environment = environment(&[
        "alloc",
        "free",
        "length",
        "load_u8",
        "load_u64",
        "store_u8",
        "store_u64",
        "input_length",
        "input_offset",
        "input_load_u8",
        "input_load_u64",
        "input_set",
        "output_set",
        "error_set",
        "error_get",
        "memory_bytes",
        "reset",
        "config_get",
        "var_get",
        "var_set",
        "log_info",
        "log_error",
        "http_request",
        "http_status_code",
        "http_headers",
    ]);
    let host = r#"(import "extism:host/user" "host" (func $host (param i64) (result i64)))"#;
    module(&[&environment, host, body, GIVE, NUMBER, &echo(&["echo"])])
}

/// A builder of a plug-in named `hostile`, with a host function `host` that returns the length of its block, as text.
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

/// A plug-in whose memories may grow by this many pages.
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

/// Returns the text of a call's error without its position: `plug-in .., export ..: ` is checked and removed.
fn failure(plugin: &mut Plugin, export: &str, input: &[u8]) -> String {
    let text = error_of(plugin, export, input).to_string();
    let place = format!("plug-in `hostile`, export `{export}`: ");
    text.strip_prefix(&place).unwrap_or_else(|| panic!("{text}")).to_owned()
}

/// Returns the number that a call outputs.
fn number(plugin: &mut Plugin, export: &str) -> i64 {
    plugin.call(export, ()).unwrap_or_else(|error| panic!("{error}"))
}

/// Asserts that the plug-in works.
fn assert_works(plugin: &mut Plugin) {
    // On a very busy machine, even this may take longer than the limit.
    for _ in 0..20 {
        match plugin.call::<_, &str>("echo", "it works") {
            Err(Error::Timeout { .. }) => {}
            result => return assert_eq!(result.expect("the next call works"), "it works"),
        }
    }
    panic!("the next call takes too long");
}
