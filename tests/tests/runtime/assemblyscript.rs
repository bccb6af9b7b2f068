//! Tests modules built by AssemblyScript's compiler, with a library that imports functions usually provided
//! by JavaScript.

use extism_runtime::{Error, Function, Manifest, Plugin, PluginBuilder, ValType, Wasm};

/// A string in AssemblyScript's representation: its length in bytes, followed by its UTF-16.
fn string(address: u32, text: &str) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let length = u32::try_from(2 * units.len()).unwrap().to_le_bytes();
    let bytes = length.into_iter().chain(units.into_iter().flat_map(u16::to_le_bytes));
    let escaped: String = bytes.map(|byte| format!("\\{byte:02x}")).collect();
    format!(r#"(data (i32.const {}) "{escaped}")"#, address - 4)
}

fn module(body: &str) -> String {
    format!(
        r#"(module
            (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
            (import "env" "seed" (func $seed (result f64)))
            (memory (export "memory") 1)
            {} {} {} {body})"#,
        string(32, "Index \"ü\" 😀 is out of range"),
        string(256, "~lib/array.ts"),
        string(512, "\u{1b}[2J"),
    )
}

/// Returns the error of a call of `abort` with these arguments.
fn aborted(arguments: &str) -> Error {
    let body = format!(
        r#"(func $inner (call $abort {arguments}) (unreachable)) (func (export "run") (result i32) (call $inner) (i32.const 0))
        (func (export "works") (result i32) (i32.const 0))"#
    );
    let mut plugin = Plugin::new(module(&body)).unwrap();
    let error = plugin.call::<_, ()>("run", ()).unwrap_err();
    plugin.call::<_, ()>("works", ()).unwrap();
    error
}

#[test]
fn abort_ends_the_call_with_its_message_and_its_place() {
    let error = aborted("(i32.const 32) (i32.const 256) (i32.const 78) (i32.const 33)");
    let Error::Trap { trap, .. } = &error else { panic!("{error}") };
    assert_eq!(trap.message, "abort: Index \"ü\" 😀 is out of range in ~lib/array.ts:78:33");
    assert_eq!(trap.backtrace[0].name.as_deref(), Some("inner"));
}

#[test]
fn abort_without_a_message_or_with_what_is_none_ends_the_call_all_the_same() {
    for (arguments, expected) in [
        (
            "(i32.const 0) (i32.const 256) (i32.const 7) (i32.const -1)",
            "without a message in ~lib/array.ts:7:4294967295",
        ),
        ("(i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)", "without a message"),
        ("(i32.const 65540) (i32.const -1) (i32.const 1) (i32.const 2)", "without a message"),
        ("(i32.const 3) (i32.const 65537) (i32.const 1) (i32.const 2)", "without a message"),
    ] {
        let error = aborted(arguments);
        let Error::Trap { trap, .. } = &error else { panic!("{error}") };
        assert_eq!(trap.message, format!("abort: {expected}"));
    }
    let shown = aborted("(i32.const 512) (i32.const 0) (i32.const 0) (i32.const 0)").to_string();
    assert!(shown.contains("abort: \\u{1b}[2J"), "{shown}");
    let without_memory = r#"(module (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
        (func (export "run") (call $abort (i32.const 8) (i32.const 8) (i32.const 1) (i32.const 1))))"#;
    let error = Plugin::new(without_memory).unwrap().call::<_, ()>("run", ()).unwrap_err();
    assert!(matches!(&error, Error::Trap { trap, .. } if trap.message == "abort: without a message"), "{error}");
}

#[test]
fn an_abort_after_the_memory_could_not_grow_is_out_of_memory() {
    let body = r#"(func (export "run") (drop (memory.grow (i32.const 100)))
        (call $abort (i32.const 32) (i32.const 256) (i32.const 1) (i32.const 1)))"#;
    let manifest = Manifest::new([Wasm::data(module(body))]).with_memory_max(10);
    let error = Plugin::new(manifest).unwrap().call::<_, ()>("run", ()).unwrap_err();
    assert!(matches!(error, Error::OutOfMemory { .. }), "{error}");
}

#[test]
fn seeds_are_finite_and_differ() {
    let body = r#"(func (export "run") (result i32) (local $seed f64)
        (local.set $seed (call $seed))
        (i32.or (f64.ne (local.get $seed) (local.get $seed)) (f64.eq (local.get $seed) (call $seed))))"#;
    Plugin::new(module(body)).unwrap().call::<_, ()>("run", ()).unwrap();
}

#[test]
fn the_hosts_own_abort_is_called_instead() {
    let abort = Function::new("abort", [ValType::I32; 4], [], |_, _, _| Err("ours".into())).with_namespace("env");
    let body = r#"(func (export "run")
        (call $abort (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))"#;
    let mut plugin = PluginBuilder::new(module(body)).with_functions(abort).build().unwrap();
    let error = plugin.call::<_, ()>("run", ()).unwrap_err();
    assert!(matches!(&error, Error::HostFunction { name, .. } if name == "abort"), "{error}");
}
