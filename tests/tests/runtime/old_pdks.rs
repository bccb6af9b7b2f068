//! Tests that plug-ins built with PDKs from before 1.0 behave as under the official runtime of that time.

use extism_runtime::{Error, Function, Manifest, Plugin, PluginBuilder, Val, ValType, Wasm, inspect::ImportOrigin};
use extism_tests::{GIVE, INPUT};

/// The imports of such a plug-in, under the names of a namespace with this prefix.
fn imports(namespace: &str, prefix: &str) -> String {
    let functions = [
        "alloc",
        "free",
        "length",
        "load_u8",
        "load_u32",
        "load_u64",
        "store_u8",
        "store_u32",
        "store_u64",
        "input_offset",
        "input_length",
        "input_load_u8",
        "input_load_u64",
        "output_set",
        "error_set",
        "config_get",
        "var_get",
        "var_set",
        "http_request",
        "http_status_code",
        "log_debug",
        "log_info",
        "log_warn",
        "log_error",
    ];
    extism_tests::imports(namespace, prefix, &functions)
}

/// `keep` passes each handle again and again, as its owner, before it frees it.
const BODY: &str = r#"
    (memory (export "memory") 1)
    (func (export "echo") (result i32) (call $give (call $input)) (i32.const 0))
    (func (export "config") (result i32) (call $give (call $config_get (call $input))) (i32.const 0))
    (func (export "fail") (result i32) (call $error_set (call $input)) (i32.const 7))
    (func (export "keep") (result i32) (local $key i64) (local $value i64)
        (local.set $key (call $input))
        (call $log_info (local.get $key)) (call $log_error (local.get $key))
        (drop (call $config_get (local.get $key)))
        (call $var_set (local.get $key) (local.get $key))
        (call $var_set (local.get $key) (local.get $key))
        (local.set $value (call $var_get (local.get $key)))
        (if (i64.ne (call $length (local.get $key)) (call $input_length)) (then (return (i32.const 1))))
        (if (i64.ne (call $length (local.get $value)) (call $input_length)) (then (return (i32.const 2))))
        (call $free (local.get $key))
        (if (i64.ne (call $length (local.get $key)) (i64.const 0)) (then (return (i32.const 3))))
        (call $give (local.get $value))
        (i32.const 0))
    (func (export "words") (result i32) (local $block i64)
        (local.set $block (call $alloc (i64.const 8)))
        (call $store_u64 (local.get $block) (i64.const 0))
        (call $store_u32 (i64.add (local.get $block) (i64.const 4)) (i32.const 0x04030201))
        (call $store_u32 (i64.const 4) (i32.const -1))
        (call $store_u32 (i64.const -2) (i32.const -1))
        (if (i64.ne (call $load_u64 (local.get $block)) (i64.const 0x0403020100000000)) (then (return (i32.const 1))))
        (if (i32.ne (call $load_u32 (i64.add (local.get $block) (i64.const 3))) (i32.const 0x03020100))
            (then (return (i32.const 2))))
        (i32.or (call $load_u32 (i64.const 0)) (call $load_u32 (i64.const 0x7fffffffffffffff))))
    (func (export "get") (result i32) (call $give (call $http_request (call $input) (i64.const 0))) (i32.const 0))
    (func (export "status") (result i32) (call $http_status_code))
    (func (export "input_block") (result i32)
        (i32.wrap_i64 (i64.sub (call $length (call $input_offset)) (call $input_length))))"#;

fn module(imports: &str) -> String {
    extism_tests::module(&[imports, GIVE, INPUT, BODY])
}

#[test]
fn plugins_of_pdks_from_before_1_0_run() {
    for (namespace, prefix) in [("env", "extism_"), ("extism:env", "")] {
        let manifest = Manifest::new([Wasm::data(module(&imports(namespace, prefix)))]).with_config_key("key", "value");
        let mut plugin = Plugin::new(manifest).unwrap();
        assert_eq!(plugin.call::<_, &str>("echo", "text").unwrap(), "text");
        assert_eq!(plugin.call::<_, &str>("config", "key").unwrap(), "value");
        assert_eq!(plugin.call::<_, &str>("config", "other").unwrap(), "");
        let error = plugin.call::<_, ()>("fail", "reason").unwrap_err();
        assert!(matches!(&error, Error::Guest { code: 7, message, .. } if message == "reason"), "{error}");
        plugin.call::<_, ()>("words", ()).unwrap();
        plugin.call::<_, ()>("input_block", "input").unwrap();
        plugin.call::<_, ()>("status", ()).unwrap();
        let error = plugin.call::<_, ()>("get", r#"{"url": "http://localhost/"}"#).unwrap_err();
        assert!(matches!(&error, Error::HostFunction { name, .. } if name == "http_request"), "{error}");
        assert_eq!(plugin.vars().count(), 0);
    }
}

/// The host freed nothing then: Rust's PDK freed each handle when it dropped it, others used a key again.
#[test]
fn handles_that_were_passed_to_the_host_are_still_the_plugins() {
    let mut plugin = Plugin::new(module(&imports("env", "extism_"))).unwrap();
    assert_eq!(plugin.call::<_, &str>("keep", "a key").unwrap(), "a key");
    assert_eq!(plugin.var("a key"), Some(&b"a key"[..]));
}

#[test]
fn their_imports_are_the_runtimes_and_their_pdk_is_told() {
    let imports = imports("env", "extism_");
    let wat = format!("(module {imports} (func $_ZN10extism_pdk6memory17habcdefE))");
    let inspection = PluginBuilder::new(wat).inspect().unwrap();
    assert_eq!(inspection.host_imports().count(), 0);
    let module = &inspection.modules[0];
    assert!(module.imports.iter().all(|import| import.origin == ImportOrigin::Runtime));
    let pdk = module.pdk.unwrap();
    assert_eq!((pdk.to_string(), pdk.before_1_0), ("Rust (extism-pdk, before version 1.0)".to_owned(), true));

    let compiled = PluginBuilder::new(self::module(&imports)).compile().unwrap();
    let names: Vec<_> =
        compiled.imports().iter().map(|import| (import.namespace.as_str(), import.name.as_str())).collect();
    assert_eq!(names.len(), 24);
    assert!(names.contains(&("env", "extism_alloc")) && names.contains(&("env", "extism_var_set")), "{names:?}");
}

const LENGTH: &str = r#"(import "env" "extism_input_length" (func $input_length (result i64)))
    (import "env" "extism_alloc" (func $alloc (param i64) (result i64)))
    (import "env" "extism_config_get" (func $config_get (param i64) (result i64)))
    (func (export "length") (result i32) (i32.wrap_i64 (call $input_length)))
    (func (export "alloc") (result i32) (i64.ne (call $alloc (i64.const 1)) (i64.const 0)))
    (func (export "config") (result i32) (i32.wrap_i64 (call $config_get (i64.const 0))))"#;

fn code(plugin: &mut Plugin, export: &str) -> i32 {
    match plugin.call::<_, ()>(export, "abc") {
        Ok(()) => 0,
        Err(Error::Guest { code, .. }) => code,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn what_the_host_gives_under_these_names_is_its_own() {
    let wat = format!("(module {LENGTH})");
    let function = |name: &str, params: &[ValType], value: i64| {
        Function::new(name, params, [ValType::I64], move |_, _, results| {
            results[0] = Val::I64(value);
            Ok(())
        })
        .with_namespace("env")
    };
    let ours = [function("extism_input_length", &[], 42), function("extism_config_get", &[ValType::I64], 43)];
    // With and without the function, in the same process, where code is shared.
    for _ in 0..2 {
        let mut plugin = PluginBuilder::new(wat.as_str()).with_functions(ours.clone()).build().unwrap();
        assert_eq!(["length", "alloc", "config"].map(|export| code(&mut plugin, export)), [42, 1, 43]);
        let mut plugin = Plugin::new(wat.as_str()).unwrap();
        assert_eq!(["length", "alloc", "config"].map(|export| code(&mut plugin, export)), [3, 1, 0]);
    }
}

#[test]
fn what_a_module_named_env_gives_under_these_names_is_its_own() {
    let env = r#"(module (func (export "extism_input_length") (result i64) (i64.const 42)) (func (export "other")))"#;
    let main = format!(r#"(module (import "env" "other" (func)) {LENGTH})"#);
    let manifest = Manifest::new([Wasm::data(env).with_name("env"), Wasm::data(main)]);
    let mut plugin = Plugin::new(manifest).unwrap();
    assert_eq!(["length", "alloc", "config"].map(|export| code(&mut plugin, export)), [42, 1, 0]);
}
