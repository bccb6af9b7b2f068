//! Tests the results of host functions.

use std::fmt;

use extism_runtime::{Error, PluginBuilder, host::Scalar, host_fn, host_fns};

use crate::{importing, passing_on_to};

/// Returns the code of `f`, which it computes from the host function's results.
fn code(name: &str, ty: &str, body: &str, functions: impl extism_runtime::host::IntoFunctions) -> i32 {
    let body = format!(r#"(func (export "f") (result i32) {body})"#);
    let wat = importing(&[(name, ty)], &body);
    let mut plugin = PluginBuilder::new(wat).with_functions(functions).build().unwrap();
    match plugin.call::<_, ()>("f", ()) {
        Ok(()) => 0,
        Err(Error::Guest { code, .. }) => code,
        Err(error) => panic!("another error: {error}"),
    }
}

#[host_fn]
fn several(a: Scalar<i32>) -> (Scalar<i32>, Scalar<i64>, Scalar<f32>, Scalar<f64>) {
    (Scalar(a.0 + 1), Scalar(2), Scalar(3.0), Scalar(4.0))
}

#[test]
fn a_tuple_is_several_results() {
    let body = "(call $several (i32.const 1000)) (i32.trunc_f64_s) (i32.mul (i32.const 10)) (call $add_f32)";
    let helper = r"(func $add_f32 (param i32 i64 f32 i32) (result i32)
        (i32.add (local.get 0) (i32.add (i32.wrap_i64 (local.get 1))
            (i32.add (i32.trunc_f32_s (local.get 2)) (local.get 3)))))";
    let body = format!(r#"{helper} (func (export "f") (result i32) {body})"#);
    let wat = importing(&[("several", "(param i32) (result i32 i64 f32 f64)")], &body);
    let mut plugin = PluginBuilder::new(wat).with_functions(host_fns![several]).build().unwrap();
    let Error::Guest { code, .. } = plugin.call::<_, ()>("f", ()).unwrap_err() else { panic!("another error") };
    assert_eq!(code, 1001 + 2 + 3 + 40);
}

#[host_fn]
fn maybe(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[host_fn]
fn maybe_value(value: Scalar<i32>) -> Option<Scalar<i64>> {
    (value.0 > 0).then_some(Scalar(7))
}

#[test]
fn none_is_handle_0_and_raw_0() {
    let ty = "(param i64) (result i64)";
    assert_eq!(code("maybe", ty, "(i64.eqz (call $maybe (i64.const 0)))", host_fns![maybe]), 1);
    assert_eq!(passing_on_to("maybe", host_fns![maybe]).call::<_, &str>("f", "a").unwrap(), "a");
    let ty = "(param i32) (result i64)";
    let call = |value| format!("(i32.wrap_i64 (call $maybe_value (i32.const {value})))");
    assert_eq!(code("maybe_value", ty, &call(0), host_fns![maybe_value]), 0);
    assert_eq!(code("maybe_value", ty, &call(1), host_fns![maybe_value]), 7);
}

#[host_fn]
fn unit(_: Scalar<i32>) {}

#[host_fn]
#[expect(clippy::unused_unit, reason = "that is what is tested")]
fn explicit_unit(value: Scalar<i32>) -> () {
    unit(value);
}

type Alias<T = ()> = std::result::Result<T, NotFound>;

#[host_fn]
fn unit_result(value: Scalar<i32>) -> Alias {
    if value.0 == 0 { Ok(()) } else { Err(NotFound(value.0)) }
}

/// An error of the program's own.
#[derive(Debug, PartialEq)]
struct NotFound(i32);

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was not found", self.0)
    }
}

impl std::error::Error for NotFound {}

#[test]
fn unit_is_no_result_also_in_a_result() {
    assert_eq!(code("unit", "(param i32)", "(call $unit (i32.const 1)) (i32.const 5)", host_fns![unit]), 5);
    let body = "(call $explicit_unit (i32.const 1)) (i32.const 6)";
    assert_eq!(code("explicit_unit", "(param i32)", body, host_fns![explicit_unit]), 6);
    let body = "(call $unit_result (i32.const 0)) (i32.const 7)";
    assert_eq!(code("unit_result", "(param i32)", body, host_fns![unit_result]), 7);
}

#[test]
fn an_error_ends_the_call_and_comes_back_whole() {
    let body = r#"(func (export "f") (call $unit_result (i32.const 3)))"#;
    let wat = importing(&[("unit_result", "(param i32)")], body);
    let mut plugin = PluginBuilder::new(wat).with_name("guest").with_functions(host_fns![unit_result]).build().unwrap();
    let error = plugin.call::<_, ()>("f", ()).unwrap_err();
    assert_eq!(error.to_string(), "plug-in `guest`, export `f`: host function `unit_result`: 3 was not found");
    let Error::HostFunction { source, .. } = error else { panic!("another error") };
    assert_eq!(source.downcast_ref::<NotFound>(), Some(&NotFound(3)));
}

#[host_fn]
fn text_error(text: &str) -> Result<String, &'static str> {
    if text.is_empty() { Err("empty") } else { Ok(text.to_owned()) }
}

#[host_fn]
fn boxed_error(text: &str) -> Result<Option<Vec<u8>>, Box<dyn std::error::Error + Send + Sync>> {
    Ok(Some(text.parse::<u8>()?.to_string().into()))
}

#[test]
fn an_error_is_whatever_converts_into_a_boxed_one() {
    let mut plugin = passing_on_to("text_error", host_fns![text_error]);
    assert_eq!(plugin.call::<_, &str>("f", "a").unwrap(), "a");
    assert!(plugin.call::<_, ()>("f", "").unwrap_err().to_string().ends_with("host function `text_error`: empty"));
    let mut plugin = passing_on_to("boxed_error", host_fns![boxed_error]);
    assert_eq!(plugin.call::<_, &str>("f", "007").unwrap(), "7");
    let error = plugin.call::<_, ()>("f", "x").unwrap_err().to_string();
    assert!(error.ends_with("host function `boxed_error`: invalid digit found in string"), "{error}");
}
