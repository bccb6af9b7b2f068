use std::fs;

use extism::{Manifest, Plugin, PluginBuilder, UserData, Wasm, WasmInput, WasmMetadata};

use crate::guest;

const TEXT: &str = r#"(module (func (export "f")))"#;

fn text_of_error(manifest: impl Into<WasmInput<'static>>) -> String {
    Plugin::new(manifest, [], false).unwrap_err().to_string()
}

#[test]
fn plug_ins_are_built_from_all_that_a_plug_in_can_be() {
    let manifest = Manifest::new([Wasm::data(TEXT)]);
    let toml = toml::to_string(&manifest).unwrap();
    let json = serde_json::to_string_pretty(&manifest).unwrap();
    let mut owned = manifest.clone();
    let inputs: Vec<WasmInput<'_>> = vec![
        TEXT.into(),
        TEXT.as_bytes().into(),
        TEXT.as_bytes().to_vec().into(),
        b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07\x05\x01\x01f\0\0\x0a\x04\x01\x02\0\x0b"
            .as_slice()
            .into(),
        ";; text\n(module (func (export \"f\")))".into(),
        "(; text ;) (module (func (export \"f\")))".into(),
        toml.as_str().into(),
        json.as_str().into(),
        (&manifest).into(),
        (&mut owned).into(),
        manifest.clone().into(),
    ];
    for (index, input) in inputs.into_iter().enumerate() {
        let plugin = Plugin::new(input, [], true).unwrap_or_else(|error| panic!("input {index}: {error:?}"));
        assert!(plugin.function_exists("f"), "input {index}");
    }
}

#[test]
fn a_manifest_in_json_may_point_to_a_module_in_memory() {
    let manifest = serde_json::json!({"wasm": [{"data": {"ptr": TEXT.as_ptr() as u64, "len": TEXT.len()}}]});
    assert!(Plugin::new(manifest.to_string().as_bytes(), [], true).unwrap().function_exists("f"));
}

#[test]
fn what_is_wrong_with_a_manifest_has_the_text_that_programs_know() {
    assert_eq!(text_of_error(Manifest::default()), "No wasm files specified in Extism manifest");
    assert_eq!(text_of_error("no manifest"), "Unknown manifest format");
    let absent = Manifest::new([Wasm::file("absent.wasm")]);
    assert_eq!(text_of_error(absent), "Unable to load Wasm file \"absent.wasm\": entity not found");
    let twice = Manifest::new([Wasm::data(TEXT).with_name("a"), Wasm::data(TEXT).with_name("a"), Wasm::data(TEXT)]);
    assert_eq!(text_of_error(twice), "Duplicate module name found in Extism manifest: a");
    let hash = "0".repeat(64);
    let error = text_of_error(Manifest::new([Wasm::data(TEXT).with_hash(&hash)]));
    assert!(error.starts_with("Hash mismatch, found ") && error.ends_with(&format!(" but expected {hash}")), "{error}");
}

#[test]
fn modules_are_linked_under_their_names() {
    let manifest = Manifest::new([
        Wasm::Data {
            data: br#"(module (func (export "add") (param i64) (result i64) (i64.add (local.get 0) (i64.const 1))))"#
                .to_vec(),
            meta: WasmMetadata { name: Some("extism:host/user".to_owned()), hash: None },
        },
        Wasm::Data {
            data: br#"(module (import "extism:host/user" "add" (func $add (param i64) (result i64)))
                (func (export "run") (result i32) (i32.sub (i32.wrap_i64 (call $add (i64.const 4))) (i32.const 5))))"#
                .to_vec(),
            meta: WasmMetadata { name: Some("main".to_owned()), hash: None },
        },
    ]);
    let mut plugin = PluginBuilder::new(manifest).build().unwrap();
    for _ in 0..5 {
        plugin.call::<&str, ()>("run", "").unwrap();
    }
}

/// A module that exports `_start` is a program, which starts again with each call; its start function also runs.
#[test]
fn a_linked_command_has_an_instance_for_each_call() {
    let commander = r#"(module
        (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))
        (import "extism:host/env" "alloc" (func (param i64) (result i64)))
        (import "extism:host/user" "hello" (func))
        (global $starts (mut i32) (i32.const 0))
        (func $start (export "_start") (global.set $starts (i32.add (global.get $starts) (i32.const 1))))
        (func (export "starts") (result i32) (global.get $starts))
        (start $start))"#;
    let main = format!(
        "(module {}\n{})",
        extism_tests::environment(&["alloc", "store_u64", "output_set"]),
        r#"(import "commander" "_start" (func $start))
        (import "commander" "starts" (func $starts (result i32)))
        (import "extism:host/user" "hello" (func $hello))
        (func (export "run") (local $block i64)
            (local.set $block (call $alloc (i64.const 8)))
            (call $start) (call $start) (call $hello)
            (call $store_u64 (local.get $block) (i64.extend_i32_u (call $starts)))
            (call $output_set (local.get $block) (i64.const 8)))"#
    );
    let modules = [Wasm::data(commander).with_name("commander"), Wasm::data(main).with_name("main")];
    let hellos = UserData::new(0);
    let mut plugin = PluginBuilder::new(Manifest::new(modules))
        .with_wasi(true)
        .with_function("hello", [], [], hellos.clone(), |_, _, _, hellos| {
            *hellos.get()?.lock().unwrap() += 1;
            Ok(())
        })
        .build()
        .unwrap();
    for _ in 0..5 {
        assert_eq!(plugin.call::<&str, i64>("run", "").unwrap(), 1);
    }
    assert_eq!(*hellos.get().unwrap().lock().unwrap(), 5);
}

#[test]
fn a_directory_may_be_read_only() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("data.txt"), "hello world!").unwrap();
    let call = |access: &str, function: &str| -> Result<String, extism::Error> {
        let path = format!("{access}{}", folder.path().display());
        let manifest = guest("wasi_files").with_allowed_path(path, "/data");
        let mut plugin = PluginBuilder::new(manifest).with_wasi(true).build()?;
        plugin.call(function, if function == "read_file" { "/data/data.txt" } else { "/data/data.txt\nhello world 2" })
    };
    assert_eq!(call("ro:", "read_file").unwrap(), "hello world!");
    call("ro:", "write_file").unwrap_err();
    call("", "write_file").unwrap();
    assert_eq!(call("ro:", "read_file").unwrap(), "hello world 2");
}
