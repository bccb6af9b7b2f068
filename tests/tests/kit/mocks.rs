use extism_runtime::{Error, Json, Manifest, Plugin, Val, Wasm, test::MockHost};
use extism_tests::{GIVE, INPUT, environment, guest, module};

/// A plug-in that passes its input to `lookup` and returns the answer, that calls `log`, and computes with `add`.
fn caller() -> String {
    module(&[
        r#"(import "extism:host/user" "lookup" (func $lookup (param i64) (result i64)))
           (import "extism:host/user" "log" (func $log (param i64)))
           (import "math" "add" (func $add (param i32 f64) (result f64)))"#,
        &environment(&["alloc", "store_u8", "length", "output_set", "input_length", "input_load_u8"]),
        GIVE,
        INPUT,
        r#"(func (export "lookup") (call $give (call $lookup (call $input))))
           (func (export "log") (call $log (call $input)))
           (func (export "add") (result i32) (i32.trunc_f64_s (call $add (i32.const 2) (f64.const 0.5))))"#,
    ])
}

fn plugin(host: &MockHost) -> Plugin {
    host.builder(caller()).unwrap().build().unwrap()
}

fn lookup(plugin: &mut Plugin, input: &str) -> Result<String, String> {
    plugin.call::<_, String>("lookup", input).map_err(|error| match error {
        Error::HostFunction { name, source, .. } => format!("{name}: {source}"),
        other => panic!("{other}"),
    })
}

#[test]
fn expected_calls_are_answered_and_recorded() {
    let host = MockHost::new();
    host.expect("lookup").with_arg("b").returns("B");
    host.expect("lookup").with_arg("a").returns("A").times(2);
    host.expect("log");
    host.expect("add").with_val(Val::I32(2)).with_val(Val::F64(0.5)).returns_val(Val::F64(0.0));
    let mut plugin = plugin(&host);
    for (input, output) in [("a", "A"), ("b", "B"), ("a", "A")] {
        assert_eq!(lookup(&mut plugin, input).unwrap(), output);
    }
    plugin.call::<_, ()>("log", "a line").unwrap();
    plugin.call::<_, ()>("add", ()).unwrap();
    host.verify();
    let calls = host.calls();
    let shown: Vec<_> = calls.iter().map(ToString::to_string).collect();
    assert_eq!(shown[..4], ["`lookup(\"a\")`", "`lookup(\"b\")`", "`lookup(\"a\")`", "`log(\"a line\")`"]);
    assert_eq!((calls[3].argument::<String>(0).unwrap().as_str(), calls[3].export.as_str()), ("a line", "log"));
    assert_eq!(
        (calls[4].namespace.as_str(), calls[4].val(0), calls[4].val(1)),
        ("math", Some(Val::I32(2)), Some(Val::F64(0.5)))
    );
    assert!(calls[4].argument::<String>(0).is_err() && calls[4].argument::<String>(2).is_err());
}

#[test]
fn what_is_not_expected_fails_and_is_reported() {
    let host = MockHost::new();
    host.expect("lookup").with_arg("a").returns("A");
    let mut plugin = plugin(&host);
    let error = lookup(&mut plugin, "b").unwrap_err();
    assert_eq!(error, "lookup: unexpected call of `lookup(\"b\")`: expected `lookup(\"a\")`");
    assert_eq!(lookup(&mut plugin, "a").unwrap(), "A");
    let error = lookup(&mut plugin, "a").unwrap_err();
    assert_eq!(error, "lookup: unexpected call of `lookup(\"a\")`: no call was expected any more");
    host.expect("log").times(3);
    let error = host.check().unwrap_err();
    assert_eq!((error.missing.len(), error.unexpected.len()), (1, 2));
    let text = error.to_string();
    assert!(
        text.contains("missing: `log(..)`, 3 of 3 times") && text.contains("unexpected: `lookup(\"b\")`"),
        "{text}"
    );
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| host.verify())).is_err());
}

#[test]
fn calls_in_order_must_come_in_that_order() {
    let host = MockHost::in_order();
    host.expect("lookup").with_arg("a").returns("A");
    host.expect("log").any_times();
    host.expect("lookup").with_arg("b").returns("B");
    let mut first = plugin(&host);
    assert!(lookup(&mut first, "b").unwrap_err().ends_with("expected `lookup(\"a\")`"));
    let host = MockHost::in_order();
    host.expect("lookup").with_arg("a").returns("A");
    host.expect("log").any_times();
    host.expect("lookup").with_arg("b").returns("B");
    let mut second = plugin(&host);
    assert_eq!(lookup(&mut second, "a").unwrap(), "A");
    assert_eq!(lookup(&mut second, "b").unwrap(), "B");
    host.verify();
}

#[test]
fn a_lenient_host_lets_other_calls_pass() {
    let host = MockHost::new().lenient();
    host.expect("lookup").with_arg("a").returns("A");
    let mut plugin = plugin(&host);
    assert_eq!(lookup(&mut plugin, "b").unwrap(), "");
    plugin.call::<_, ()>("log", "").unwrap();
    assert_eq!(host.check().unwrap_err().missing, ["`lookup(\"a\")`"]);
    assert_eq!(lookup(&mut plugin, "a").unwrap(), "A");
    host.verify();
    assert_eq!(host.calls().len(), 3);
}

#[test]
fn answers_may_fail_or_be_computed() {
    let host = MockHost::new();
    host.expect("lookup").when(|call| call.argument::<String>(0).is_ok_and(|text| text.len() > 3)).fails("too long");
    host.expect("lookup").any_times().answers(|call| Ok(call.argument::<String>(0)?.to_uppercase().into_bytes()));
    let mut plugin = plugin(&host);
    assert_eq!(lookup(&mut plugin, "abc").unwrap(), "ABC");
    assert_eq!(lookup(&mut plugin, "abcd").unwrap_err(), "lookup: too long");
    // What the script says to fail is no mistake.
    host.verify();
}

#[test]
fn an_answer_that_the_import_cannot_take_is_reported() {
    let host = MockHost::new();
    host.expect("log").returns("something");
    let mut plugin = plugin(&host);
    assert!(plugin.call::<_, ()>("log", "a").is_err());
    assert!(host.check().unwrap_err().to_string().contains("0 results"));
}

#[test]
fn requests_are_answered_and_none_is_sent() {
    let get = module(&[
        &environment(&["alloc", "store_u8", "input_length", "input_load_u8", "length", "output_set", "http_request"]),
        GIVE,
        INPUT,
        r#"(func (export "get") (call $give (call $http_request (call $input) (i64.const 0))))"#,
    ]);
    let host = MockHost::new();
    host.expect_request("GET", "https://example.com/a").returns("hello").with_status(203);
    let manifest = Manifest::new([Wasm::data(get)]).with_allowed_host("example.com");
    let mut plugin = host.builder(manifest).unwrap().build().unwrap();
    let get = |plugin: &mut Plugin, url: &str| plugin.call::<_, String>("get", format!(r#"{{"url": "{url}"}}"#));
    assert_eq!(get(&mut plugin, "https://example.com/a").unwrap(), "hello");
    let error = get(&mut plugin, "https://example.com/b").unwrap_err().to_string();
    assert!(error.contains("unexpected call of `GET https://example.com/b("), "{error}");
    assert_eq!(host.check().unwrap_err().unexpected.len(), 1);
}

#[test]
fn a_guest_of_a_pdk_is_tested_without_its_host() {
    let host = MockHost::in_order();
    host.expect("kv_read").with_arg("total").returns(40_u32);
    host.expect("kv_write").with_arg("total").with_arg(43_u32);
    let mut plugin = host.builder(guest("count_vowels_kvstore.wasm")).unwrap().build().unwrap();
    let Json(report) = plugin.call::<_, Json<serde_json::Value>>("count_vowels", "Hello, world!").unwrap();
    assert_eq!(report["total"], 43);
    host.verify();
}
