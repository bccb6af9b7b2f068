//! Tests the errors that misuses of the macros cause: `ui/MACRO/fail/RULE.rs` with the compiler's output next to it.
//!
//! After a change, `TRYBUILD=overwrite cargo test -p extism-tests --test ui` updates the output; read the diff.

use std::{fs, path::Path};

use extism_interface::Description;

#[test]
fn misuse_is_explained() {
    modules();
    trybuild::TestCases::new().compile_fail("ui/*/fail/*.rs");
}

/// Writes the modules that the cases name with `wasm = ".."` into the package that trybuild generates for the
/// cases, as the option is relative to that package's `Cargo.toml`.
fn modules() {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../tests/trybuild").join(env!("CARGO_PKG_NAME"));
    let write = |name: &str, bytes: &[u8]| {
        fs::create_dir_all(&package).expect("the target folder can be written to");
        fs::write(package.join(name), bytes).expect("the target folder can be written to");
    };
    for (name, text) in MODULES {
        write(name, &wat::parse_str(text).expect("the module is valid"));
    }
    let shop = wat::parse_str(SHOP).expect("the module is valid");
    let described = Description::from_json(include_bytes!("../fixtures/described.json")).expect("it is a description");
    write("described.wasm", &described.stamp(&shop).expect("the module can be stamped"));
    let types = include_str!("../fixtures/types.json");
    write("types.json", types.as_bytes());
    let theirs = types.replace(r#""required": ["total"]"#, r#""required": ["total", "currency"]"#).replace("number", "text");
    let theirs = Description::from_json(theirs.as_bytes()).expect("it is a description");
    write("types.wasm", &theirs.stamp(&shop).expect("the module can be stamped"));
    // A custom section whose content is not JSON.
    write("bad_section.wasm", &[&shop, &b"\0\x14\x10extism:interface[1,"[..]].concat());
    write("text.wasm", MODULES[0].1.as_bytes());
    write("picture.wasm", b"\x89PNG");
    write("damaged.wasm", b"\0asm\x01\0\0\0\x01\xff");
}

const SHOP: &str = r#"(module
    (func (export "pay") (result i32) i32.const 0)
    (func (export "quote") (result i32) i32.const 0))"#;

const MODULES: [(&str, &str); 4] = [
    (
        "count_vowels.wasm",
        r#"(module
            (memory (export "memory") 1)
            (func (export "count_vowels") (result i32) i32.const 0)
            (func (export "shout"))
            (func (export "add") (param i32 i32) (result i32) i32.const 0))"#,
    ),
    (
        "kv_store.wasm",
        r#"(module
            (import "extism:host/env" "alloc" (func (param i64) (result i64)))
            (import "extism:host/user" "kv_read" (func (param i64) (result i64)))
            (import "extism:host/user" "kv_write" (func (param i64 i64)))
            (func (export "count_vowels") (result i32) i32.const 0))"#,
    ),
    ("component.wasm", "(component)"),
    ("shared.wasm", "(module (memory 1 1 shared))"),
];
