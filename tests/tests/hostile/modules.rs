//! Tests files that are not modules, or not valid ones.

use extism_runtime::{
    Error, Manifest, Plugin, PluginBuilder, Wasm,
    error::{LinkProblem, LoadError},
};

use crate::{assert_works, builder, wat};

/// A committed guest.
fn guest(file: &str) -> Vec<u8> {
    std::fs::read(extism_tests::guest(file)).expect("the guest is there")
}

fn build(wasm: impl Into<Vec<u8>>) -> Result<Plugin, Error> {
    PluginBuilder::new(Wasm::data(wasm)).with_name("hostile").build()
}

fn refused(wasm: impl Into<Vec<u8>>) -> String {
    build(wasm).expect_err("it is refused").to_string()
}

#[test]
fn bytes_that_are_no_module_are_told_by_their_start() {
    let not_wasm = "module `main` from memory is not a WebAssembly module: ";
    for (bytes, expected) in [
        (&b""[..], "it is empty"),
        (b"   \n", "it contains only white space"),
        (b"\0as", "its header is truncated"),
        (b"\0asm\x01\0\0", "its header is truncated"),
        (b"\0asm\x02\0\0\0", "its version is 2 (layer 0), which is not supported"),
        (b"\0asm\xff\xff\xff\xff", "its version is 65535 (layer 65535), which is not supported"),
        (
            b"\0asm\x0d\0\x01\0",
            "it is a component, not a core module; build the plug-in for wasm32-unknown-unknown or wasm32-wasip1 with an \
             Extism PDK",
        ),
        (
            b"\x7fELF\x02\x01\x01\0\x1b[31m",
            r#"it starts with "\x7fELF\x02\x01\x01\x00\x1b[31m", which is neither the binary nor the text format of WebAssembly"#,
        ),
        (br#"{"wasm": []}"#, "it looks like a manifest, not a module"),
    ] {
        assert_eq!(refused(bytes), format!("{not_wasm}{expected}"));
    }
}

#[test]
fn a_module_cut_off_anywhere_is_an_error_with_the_place() {
    let whole = guest("count_vowels.wasm");
    build(whole.clone()).expect("the whole of it works");
    // Cut between two sections, where the rest may be a module.
    let mut valid = 0;
    for length in (8..whole.len()).step_by(whole.len() / 500) {
        match build(&whole[..length]) {
            Ok(_) => valid += 1,
            Err(Error::Compile { source, .. }) => {
                let text = source.to_string();
                let place = text.rsplit_once("(at byte ").and_then(|(_, place)| place.strip_suffix(')'));
                let place: usize = place.and_then(|place| place.parse().ok()).unwrap_or_else(|| panic!("{text}"));
                assert!(place <= length, "{text}: there are {length} bytes");
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(valid < 5, "{valid} of 500 cuts");
}

#[test]
fn mutated_modules_are_an_error_or_a_plugin_but_never_a_panic() {
    let whole = guest("echo_pdk.wasm");
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    let (mut built, mut failed) = (0, 0);
    for _ in 0..400 {
        let mut wasm = whole.clone();
        for _ in 0..=random(4) {
            let at = 8 + random(wasm.len() - 8);
            match random(3) {
                0 => wasm[at] = u8::try_from(random(256)).expect("a byte"),
                1 => drop(wasm.remove(at)),
                _ => wasm.insert(at, u8::try_from(random(256)).expect("a byte")),
            }
        }
        let manifest = Manifest::new([Wasm::data(wasm)]).with_memory_max(100).with_timeout(crate::SOON);
        match PluginBuilder::new(manifest).build() {
            Ok(mut plugin) => {
                built += 1;
                // Whatever it does now, it ends.
                let _ = plugin.call::<_, Vec<u8>>("echo", "input");
            }
            Err(Error::Compile { .. } | Error::Link(_)) => failed += 1,
            Err(Error::Engine { context, .. }) if context.starts_with("cannot create an instance") => failed += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert!(built > 5 && failed > 20, "{built} built, {failed} failed");
}

#[test]
fn text_with_an_error_names_the_line_and_the_column() {
    let error = build("(module\n  (func (export \"f\")\n    (call $nobody)))").expect_err("no such function");
    let Error::Load(LoadError::Wat { line, column, message, .. }) = error else { panic!("{error}") };
    assert_eq!((line, column, message.as_str()), (3, 11, "unknown func: failed to find name `$nobody`"));
    for text in ["(module".to_owned(), "(".repeat(1_000_000), format!("(module (func {}", "(block ".repeat(100_000))] {
        let error = build(text).expect_err("it is not closed");
        assert!(matches!(error, Error::Load(LoadError::Wat { .. })), "{error}");
    }
}

#[test]
fn modules_that_do_not_validate_name_the_byte() {
    for (text, expected) in [
        ("(module (func (result i32)))", "type mismatch: expected i32 but nothing on stack (at byte 24)"),
        ("(module (func (call 5)))", "unknown function 5: function index out of bounds (at byte 23)"),
        ("(module (func (local i32) (drop (local.get 7))))", "unknown local 7: local index out of bounds (at byte 25)"),
        (
            "(module (memory 1) (data (i32.const 0) \"x\") (func (drop (i32.load 5 (i32.const 0)))))",
            "unknown memory 5 (at byte 30)",
        ),
        ("(module (memory 70000))", "memory size must be at most 0x10000 65536-byte pages (at byte 11)"),
        ("(module (memory 2 1))", "size minimum must not be greater than maximum (at byte 11)"),
    ] {
        assert_eq!(refused(text), format!("cannot compile module `main`: {expected}"), "{text}");
    }
}

#[test]
fn very_deep_and_very_wide_code_is_compiled_or_refused() {
    let deep = format!("(module (func (export \"f\") {}{}))", "(block ".repeat(50_000), ")".repeat(50_000));
    build(deep).expect("blocks may lie deep in each other").call::<_, ()>("f", ()).expect("and run");
    let wide =
        |targets| format!("(module (func (export \"f\") (block (br_table {} (i32.const 3)))))", "0 ".repeat(targets));
    build(wide(65_000)).expect("tables of jumps may be long").call::<_, ()>("f", ()).expect("and run");
    let expected = "cannot compile module `main`: failed to compile: wasm[0]::function[0]: WebAssembly translation error: \
                    Unsupported feature: `br_table` has 99999 targets, which exceeds the implementation limit of 65520";
    assert_eq!(refused(wide(100_000)), expected);
    let params = format!("(module (func (export \"f\") (param {})))", "i64 ".repeat(2_000));
    let expected = "cannot compile module `main`: function params size is out of bounds (at byte 13)";
    assert_eq!(refused(params), expected);
    let locals = "(module (func (export \"f\") (local i64) (local i64)))".replacen(
        "(local i64)",
        &"(local i64)".repeat(60_000),
        1,
    );
    let expected = "cannot compile module `main`: too many locals: locals exceed maximum (at byte 30)";
    assert_eq!(refused(locals), expected);
}

#[test]
fn a_module_larger_than_allowed_is_not_compiled() {
    let wasm = guest("echo_pdk.wasm");
    let length = u64::try_from(wasm.len()).expect("a length");
    let limited = |limit| PluginBuilder::new(Wasm::data(wasm.clone())).with_max_module_bytes(limit).build();
    limited(length).expect("it is no larger");
    let error = limited(length - 1).expect_err("it is larger").to_string();
    assert_eq!(
        error,
        format!(
            "module `main` from memory is larger than the limit of {} bytes; raise it with \
             `PluginBuilder::with_max_module_bytes`",
            length - 1
        )
    );
}

#[test]
fn many_functions_exports_and_imports_are_what_they_are() {
    let functions: String = (0..50_000).map(|at| format!("(func (export \"f{at}\"))")).collect();
    let mut plugin = build(format!("(module {functions})")).expect("it builds");
    plugin.call::<_, ()>("f49999", ()).expect("the last one");
    assert_eq!(plugin.exports().len(), 50_000);
}

#[test]
fn imports_that_nobody_has_are_all_told() {
    let main = r#"(module
        (import "extism:host/env" "alloc" (func (param i32)))
        (import "extism:host/env" "nothing" (func))
        (import "wasi_snapshot_preview1" "sock_open" (func))
        (import "env" "table" (table 1 funcref))
        (import "env" "global" (global i32))
        (import "env" "tag" (tag)))"#;
    let Err(Error::Link(error)) = build(main) else { panic!("it is refused") };
    let names: Vec<_> = error
        .problems
        .iter()
        .map(|problem| match problem {
            LinkProblem::Mistyped { name, .. } | LinkProblem::Missing { name, .. } => name.as_str(),
            LinkProblem::NotAFunction { kind, .. } => kind.as_str(),
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(names, ["alloc", "nothing", "sock_open", "table", "global i32", "tag"]);
}

#[test]
fn modules_that_import_each_other_are_an_error_that_names_the_circle() {
    let importing = |from: &str| format!(r#"(module (import "{from}" "f" (func)) (func (export "f")))"#);
    let manifest = Manifest::new([
        Wasm::data(importing("b")).with_name("a"),
        Wasm::data(importing("c")).with_name("b"),
        Wasm::data(importing("a")).with_name("c"),
        Wasm::data(wat("").replacen("(module", r#"(module (import "a" "f" (func))"#, 1)).with_name("main"),
    ]);
    let error = builder(manifest).build().expect_err("a circle").to_string();
    assert_eq!(error, "cannot link plug-in `hostile`: modules import each other in a cycle: a -> b -> c -> a");
}

#[test]
fn a_library_that_lacks_what_its_memory_should_have_is_an_error() {
    let library =
        r#"(module (memory (export "m") 1) (table (export "t") 1 funcref) (global (export "g") i32 (i32.const 1)))"#;
    for import in [
        r#"(import "lib" "m" (memory 2))"#,
        r#"(import "lib" "t" (table 2 funcref))"#,
        r#"(import "lib" "g" (global i64))"#,
    ] {
        let main = wat("").replacen("(module", &format!("(module {import}"), 1);
        let modules = [Wasm::data(library).with_name("lib"), Wasm::data(main).with_name("main")];
        let error = builder(Manifest::new(modules)).build().expect_err("the types differ").to_string();
        let expected = "cannot create an instance of plug-in `hostile`: incompatible import type for `lib::";
        assert!(error.starts_with(expected), "{error}");
    }
    let _ = assert_works;
}
