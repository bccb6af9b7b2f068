//! Tests edge cases of the environment's functions.

use extism_runtime::Error;

use crate::{VAR, plugin};

/// `run` returns the value of the expression, as a guest's error code.
fn value_of(expression: &str) -> i32 {
    let body = format!(r#"(func (export "run") (result i32) {expression})"#);
    match plugin(&body).call::<_, ()>("run", "abc") {
        Ok(()) => 0,
        Err(Error::Guest { code, .. }) => code,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn offsets_that_are_none_load_nothing_and_store_nothing() {
    for offset in ["0", "1", "-1", "-8", "4294967296", "9223372036854775807", "1099511627776"] {
        assert_eq!(value_of(&format!("(call $load_u8 (i64.const {offset}))")), 0, "load_u8({offset})");
        let load = format!("(i64.ne (call $load_u64 (i64.const {offset})) (i64.const 0))");
        assert_eq!(value_of(&load), 0, "load_u64({offset})");
        let store = format!(
            "(call $store_u64 (i64.const {offset}) (i64.const -1)) (call $store_u8 (i64.const {offset}) (i32.const 255))
             (i64.ne (call $input_length) (i64.const 3))"
        );
        assert_eq!(value_of(&store), 0, "store({offset})");
        let length = format!("(i64.ne (call $length (i64.const {offset})) (i64.const 0))");
        assert_eq!(value_of(&length), 0, "length({offset})");
        assert_eq!(value_of(&format!("(call $free (i64.const {offset})) (i32.const 0)")), 0, "free({offset})");
    }
}

#[test]
fn allocations_of_nothing_or_of_too_much_are_null() {
    for length in ["0", "-1", "5368709120"] {
        assert_eq!(value_of(&format!("(i64.ne (call $alloc (i64.const {length})) (i64.const 0))")), 0, "{length}");
    }
}

#[test]
fn input_past_its_end_is_zero() {
    assert_eq!(value_of("(call $input_load_u8 (i64.const 2))"), i32::from(b'c'));
    assert_eq!(value_of("(call $input_load_u8 (i64.const 3))"), 0);
    assert_eq!(value_of("(call $input_load_u8 (i64.const -1))"), 0);
}

#[test]
fn an_output_that_is_not_in_the_memory_is_no_output() {
    let mut plugin = plugin(
        r#"(func (export "huge") (call $output_set (call $input_offset) (i64.const 1000000000000)))
           (func (export "wild") (call $output_set (i64.const -1) (i64.const 10)))
           (func (export "header") (call $output_set (i64.const 1) (i64.const 8)))"#,
    );
    for export in ["huge", "wild", "header"] {
        assert_eq!(plugin.call::<_, &[u8]>(export, "abc").unwrap(), b"", "{export}");
    }
}

#[test]
fn an_error_can_be_cleared() {
    let clear = "(call $error_set (call $input)) (call $error_set (i64.const 0)) (i32.const 0)";
    assert_eq!(value_of(clear), 0);
}

#[test]
fn handles_passed_to_the_host_are_freed_by_it() {
    let body = r#"(func (export "freed") (result i32) (local $key i64)
            (local.set $key (call $name))
            (drop (call $config_get (local.get $key)))
            (i32.wrap_i64 (call $length (local.get $key))))"#;
    plugin(&[VAR, body].concat()).call::<_, ()>("freed", ()).unwrap();
}

#[test]
fn a_key_that_is_no_block_or_no_utf8_ends_the_call() {
    let mut plugin = plugin(
        r#"(func (export "wild") (drop (call $config_get (i64.const 5))))
           (func (export "bytes") (drop (call $var_get (call $input))))"#,
    );
    for (export, reason) in [("wild", "handle 5 does not refer to a block"), ("bytes", "invalid utf-8")] {
        let error = plugin.call::<_, ()>(export, [0xff_u8]).unwrap_err();
        assert!(matches!(error, Error::HostFunction { .. }), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[test]
fn variables_persist_between_calls_and_belong_to_their_plugin() {
    let compiled = crate::compiled(VAR);
    let (mut first, mut second) = (compiled.instantiate().unwrap(), compiled.instantiate().unwrap());
    first.call::<_, ()>("remember", "one").unwrap();
    assert_eq!(first.call::<_, &str>("recall", ()).unwrap(), "one");
    assert_eq!(second.call::<_, &str>("recall", ()).unwrap(), "");
    assert_eq!(first.vars().collect::<Vec<_>>(), [("v", &b"one"[..])]);
    second.set_var("v", b"from the host").unwrap();
    assert_eq!(second.call::<_, &str>("recall", ()).unwrap(), "from the host");
    assert_eq!(second.remove_var("v").as_deref(), Some(&b"from the host"[..]));
    assert_eq!(second.call::<_, &str>("recall", ()).unwrap(), "");
}

#[test]
fn a_request_to_a_host_that_is_not_allowed_is_refused() {
    let wat = crate::wat(r#"(func (export "get") (drop (call $http_request (call $input) (i64.const 0))))"#).replacen(
        "(module",
        r#"(module (import "extism:host/env" "http_request" (func $http_request (param i64 i64) (result i64)))"#,
        1,
    );
    let request = r#"{"url": "http://127.0.0.1:1/"}"#;
    let error = extism_runtime::Plugin::new(wat).unwrap().call::<_, ()>("get", request).unwrap_err();
    let Error::HostFunction { name, source, .. } = &error else { panic!("{error}") };
    assert_eq!(name, "http_request");
    let source = source.downcast_ref::<extism_runtime::error::HttpError>();
    let Some(extism_runtime::error::HttpError::NotAllowed { url, .. }) = source else { panic!("{error}") };
    assert_eq!(url, "http://127.0.0.1:1/");
}

/// Each export passes on the only block that could be reused, as the memory is full, frees it again, and
/// outputs the host's result.
const FULL: &str = r#"
    (func $fill (local $handle i64)
        (local.set $handle (call $alloc (i64.const 2)))
        (drop (call $alloc (i64.sub (call $memory_bytes) (i64.add (local.get $handle) (i64.const 14))))))
    (func $key (result i64) (local $handle i64)
        (local.set $handle (call $alloc (i64.const 8)))
        (call $store_u64 (local.get $handle) (i64.const 0x6161616161616161))
        (local.get $handle))
    (func (export "config") (local $key i64) (local $value i64)
        (local.set $key (call $key))
        (call $fill)
        (local.set $value (call $config_get (local.get $key)))
        (call $free (local.get $key))
        (call $give (local.get $value)))
    (func (export "variable") (local $key i64) (local $value i64)
        (local.set $key (call $key))
        (call $fill)
        (local.set $value (call $var_get (local.get $key)))
        (call $free (local.get $key))
        (call $give (local.get $value)))
    (func (export "http") (local $request i64) (local $value i64)
        (local.set $request (call $input))
        (call $fill)
        (local.set $value (call $http_request (local.get $request) (i64.const 0)))
        (call $free (local.get $request))
        (call $give (local.get $value)))"#;

#[test]
fn results_are_made_before_what_was_given_is_freed() {
    let wat = crate::wat(FULL).replacen(
        "(module",
        r#"(module (import "extism:host/env" "http_request" (func $http_request (param i64 i64) (result i64)))
            (import "extism:host/env" "memory_bytes" (func $memory_bytes (result i64)))"#,
        1,
    );
    let manifest = extism_runtime::Manifest::new([extism_runtime::Wasm::data(wat)])
        .with_config_key("aaaaaaaa", "config")
        .with_allowed_host("127.0.0.1");
    let mut plugin = extism_runtime::Plugin::new(manifest).unwrap();
    plugin.set_var("aaaaaaaa", b"variable").unwrap();
    assert_eq!(plugin.call::<_, &str>("config", ()).unwrap(), "config");
    assert_eq!(plugin.call::<_, &str>("variable", ()).unwrap(), "variable");
    let request = format!(r#"{{"url": "{}", "method": "GET", "headers": {{}}}}"#, crate::kitchen_sink::serve_once());
    assert!(plugin.call::<_, &str>("http", request).unwrap().starts_with("GET /path?q=1"));
}
