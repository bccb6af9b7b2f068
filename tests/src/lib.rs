//! Shared by the tests: plug-ins in WAT, the committed guests, and recorded responses.
//!
//! [`module`] builds a plug-in in WAT from [imports](environment) and the functions that it needs.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The functions of the environment with their types. Words of 32 bits are for PDKs from before 1.0 only.
const ENVIRONMENT: [(&str, &str); 33] = [
    ("alloc", "(param i64) (result i64)"),
    ("free", "(param i64)"),
    ("length", "(param i64) (result i64)"),
    ("load_u8", "(param i64) (result i32)"),
    ("load_u32", "(param i64) (result i32)"),
    ("load_u64", "(param i64) (result i64)"),
    ("store_u8", "(param i64 i32)"),
    ("store_u32", "(param i64 i32)"),
    ("store_u64", "(param i64 i64)"),
    ("input_length", "(result i64)"),
    ("input_offset", "(result i64)"),
    ("input_load_u8", "(param i64) (result i32)"),
    ("input_load_u64", "(param i64) (result i64)"),
    ("input_set", "(param i64 i64)"),
    ("output_set", "(param i64 i64)"),
    ("error_set", "(param i64)"),
    ("error_get", "(result i64)"),
    ("memory_bytes", "(result i64)"),
    ("reset", ""),
    ("config_get", "(param i64) (result i64)"),
    ("var_get", "(param i64) (result i64)"),
    ("var_set", "(param i64 i64)"),
    ("log_trace", "(param i64)"),
    ("log_debug", "(param i64)"),
    ("log_info", "(param i64)"),
    ("log_warn", "(param i64)"),
    ("log_error", "(param i64)"),
    ("get_log_level", "(result i32)"),
    ("http_request", "(param i64 i64) (result i64)"),
    ("http_status_code", "(result i32)"),
    ("http_headers", "(result i64)"),
    ("output_length", "(result i64)"),
    ("output_offset", "(result i64)"),
];

/// The function `$give`, which sets the block of a handle as the output. Needs `length` and `output_set`.
pub const GIVE: &str = "(func $give (param $handle i64)
    (call $output_set (local.get $handle) (call $length (local.get $handle))))";

/// The function `$input`, which copies the input to a new block. Needs `alloc`, `store_u8`, `input_length`
/// and `input_load_u8`.
pub const INPUT: &str = "(func $input (result i64)
    (local $handle i64) (local $at i64)
    (local.set $handle (call $alloc (call $input_length)))
    (block $done (loop $next
        (br_if $done (i64.ge_u (local.get $at) (call $input_length)))
        (call $store_u8 (i64.add (local.get $handle) (local.get $at)) (call $input_load_u8 (local.get $at)))
        (local.set $at (i64.add (local.get $at) (i64.const 1)))
        (br $next)))
    (local.get $handle))";

/// The function `$number`, which returns a block that holds a number. Needs `alloc` and `store_u64`.
pub const NUMBER: &str = "(func $number (param $value i64) (result i64) (local $handle i64)
    (local.set $handle (call $alloc (i64.const 8)))
    (call $store_u64 (local.get $handle) (local.get $value))
    (local.get $handle))";

/// The exports `remember` (the input becomes the variable "v"), `recall` (it becomes the output) and `forget`. Needs
/// [`GIVE`], [`INPUT`], `var_get` and `var_set`.
pub const VARIABLE: &str = r#"(func $name (result i64)
        (local $handle i64)
        (local.set $handle (call $alloc (i64.const 1)))
        (call $store_u8 (local.get $handle) (i32.const 118))
        (local.get $handle))
    (func (export "remember") (call $var_set (call $name) (call $input)))
    (func (export "forget") (call $var_set (call $name) (i64.const 0)))
    (func (export "recall") (call $give (call $var_get (call $name))))"#;

/// The export `spin`, which never ends.
pub const SPIN: &str = r#"(func (export "spin") (loop $again (br $again)))"#;

/// Imports these functions of the environment, each as `$` and its name.
///
/// # Panics
///
/// Panics if the environment has no such function.
#[must_use]
pub fn environment(functions: &[&str]) -> String {
    imports("extism:host/env", "", functions)
}

/// Imports these functions, as [`environment`] does, from a namespace in which the functions' names have this prefix.
///
/// # Panics
///
/// Panics if the environment has no such function.
#[must_use]
pub fn imports(namespace: &str, prefix: &str, functions: &[&str]) -> String {
    let import = |name: &&str| {
        let known = ENVIRONMENT.iter().find(|(known, _)| known == name);
        let (_, ty) = known.unwrap_or_else(|| panic!("there is no function `{name}`"));
        format!("(import \"{namespace}\" \"{prefix}{name}\" (func ${name} {ty}))\n")
    };
    functions.iter().map(import).collect()
}

/// A function with these exports that returns its input unchanged. Needs `input_length`, `input_offset` and
/// `output_set`.
#[must_use]
pub fn echo(exports: &[&str]) -> String {
    let exports: String = exports.iter().map(|name| format!("(export {name:?})")).collect();
    format!("(func {exports} (call $output_set (call $input_offset) (call $input_length)))")
}

/// A function `$text` that returns a block with this text. Needs `alloc` and `store_u8`.
#[must_use]
pub fn text(text: &str) -> String {
    let store =
        |(at, byte)| format!("(call $store_u8 (i64.add (local.get $block) (i64.const {at})) (i32.const {byte}))");
    let stores: String = text.bytes().enumerate().map(store).collect();
    let length = text.len();
    format!(
        "(func $text (result i64)
            (local $block i64)
            (local.set $block (call $alloc (i64.const {length})))
            {stores}
            (local.get $block))"
    )
}

/// A module with these parts; imports come first.
#[must_use]
pub fn module(parts: &[&str]) -> String {
    format!("(module\n{})", parts.join("\n"))
}

/// A plug-in that only returns its input, under each of these names.
#[must_use]
pub fn echo_module(exports: &[&str]) -> String {
    module(&[&environment(&["input_length", "input_offset", "output_set"]), &echo(exports)])
}

/// Returns the path of a committed guest.
#[must_use]
pub fn guest(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/plugins").join(file)
}

/// Reads recorded responses of the official runtime, and the like.
///
/// # Panics
///
/// Panics if there is no such file, or if it is not JSON.
#[must_use]
pub fn fixture(name: &str) -> serde_json::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns a command that runs one test of the running program again, in a process of its own: for what holds for a whole
/// process, such as its environment.
pub fn repeated(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args([test, "--exact", "--nocapture"]);
    command
}
