//! Tests the arguments of host functions.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use extism_runtime::{CurrentPlugin, Error, Json, Plugin, PluginBuilder, State, host::Scalar, host_fn, host_fns};

use crate::{importing, passing_on, passing_on_to};

#[host_fn]
fn shout(text: String) -> String {
    text.to_uppercase()
}

#[test]
fn a_host_function_stays_a_function() {
    assert_eq!(shout("a".to_owned()), "A");
}

#[test]
fn an_owned_argument_is_decoded_from_its_handle() {
    assert_eq!(passing_on_to("shout", host_fns![shout]).call::<_, &str>("f", "Hello").unwrap(), "HELLO");
}

static ADDRESS: AtomicUsize = AtomicUsize::new(0);

#[host_fn]
fn address(plugin: &CurrentPlugin<'_>, text: &str, bytes: Option<&[u8]>) -> Scalar<i64> {
    assert_eq!((plugin.name(), bytes), ("addresses", None));
    ADDRESS.store(text.as_ptr().addr(), Ordering::Relaxed);
    Scalar(text.len().try_into().unwrap())
}

#[test]
fn a_borrowed_argument_lies_in_the_plugins_memory() {
    let body = r#"(func (export "f") (result i32) (local $text i64)
        (local.set $text (call $input))
        (drop (call $address (local.get $text) (i64.const 0)))
        (call $give (local.get $text))
        (i32.const 0))"#;
    let mut plugin = PluginBuilder::new(importing(&[("address", "(param i64 i64) (result i64)")], body))
        .with_name("addresses")
        .with_functions(host_fns![address])
        .build()
        .unwrap();
    // The output is the same block, so the host's slice must be where the output is.
    let output: &str = plugin.call("f", "Hello").unwrap();
    assert_eq!(output, "Hello");
    assert_eq!(ADDRESS.load(Ordering::Relaxed), output.as_ptr().addr());
}

#[host_fn]
fn json(Json((left, right)): Json<(i32, i32)>) -> Json<i32> {
    Json(left + right)
}

#[host_fn]
fn value(value: serde_json::Value) -> serde_json::Value {
    serde_json::json!({ "got": value })
}

#[test]
fn arguments_and_results_go_through_their_codecs() {
    assert_eq!(passing_on_to("json", host_fns![json]).call::<_, &str>("f", "[1, 2]").unwrap(), "3");
    let mut plugin = passing_on_to("value", host_fns![value]);
    assert_eq!(plugin.call::<_, &str>("f", "[null]").unwrap(), r#"{"got":[null]}"#);
}

#[test]
fn an_argument_that_is_no_such_value_ends_the_call_and_is_named() {
    let error = passing_on_to("shout", host_fns![shout]).call::<_, ()>("f", [0xff]).unwrap_err();
    let Error::HostFunction { name, source, at, .. } = error else { panic!("another error: {error}") };
    assert_eq!((&*name, at.plugin_name(), at.export_name()), ("shout", "guest", "f"));
    assert_eq!(source.to_string(), "argument `text`: invalid utf-8 sequence of 1 bytes from index 0");
}

#[host_fn]
fn sum(a: Scalar<i32>, b: Scalar<i64>, c: Scalar<f32>, d: Scalar<f64>) -> Scalar<f64> {
    Scalar(f64::from(a.0) + f64::from(i32::try_from(b.0).unwrap()) + f64::from(c.0) + d.0)
}

#[test]
fn raw_values_are_passed_as_they_are() {
    let body = r#"(func (export "f") (result i32)
        (i32.trunc_f64_s (call $sum (i32.const -1) (i64.const 20) (f32.const 0.5) (f64.const 22.5))))"#;
    let wat = importing(&[("sum", "(param i32 i64 f32 f64) (result f64)")], body);
    let mut plugin = PluginBuilder::new(wat).with_functions(host_fns![sum]).build().unwrap();
    let Error::Guest { code, .. } = plugin.call::<_, ()>("f", ()).unwrap_err() else { panic!("another error") };
    assert_eq!(code, 42);
}

#[host_fn]
fn remember(plugin: &mut CurrentPlugin<'_>, value: String, Scalar(_): Scalar<i32>) {
    plugin.set_var("remembered", value.as_bytes()).unwrap();
}

#[test]
fn the_plugin_that_calls_is_at_hand() {
    let body = r#"(func (export "f") (call $remember (call $input) (i32.const 1)))"#;
    let wat = importing(&[("remember", "(param i64 i32)")], body);
    let mut plugin = PluginBuilder::new(wat).with_functions(host_fns![remember]).build().unwrap();
    plugin.call::<_, ()>("f", "Ann").unwrap();
    assert_eq!(plugin.var("remembered"), Some(&b"Ann"[..]));
}

#[derive(Default)]
struct Counter(AtomicUsize);

#[host_fn]
fn count(by: u32, counter: State<Counter>, note: &str, total: State<AtomicUsize>) -> String {
    total.fetch_add(1, Ordering::Relaxed);
    let count = counter.0.fetch_add(by as usize, Ordering::Relaxed);
    format!("{note} {count}")
}

fn counting(builder: PluginBuilder) -> Plugin {
    builder.with_functions(host_fns![count]).build().unwrap()
}

#[test]
fn states_are_shared_by_all_calls_and_all_plugins_that_were_given_them() {
    let body = r#"(func (export "f") (local $by i64)
        (local.set $by (call $alloc (i64.const 4)))
        (call $store_u8 (local.get $by) (i32.const 2))
        (call $give (call $count (local.get $by) (call $input))))"#;
    let wat = importing(&[("count", "(param i64 i64) (result i64)")], body);
    let counter = Arc::new(Counter::default());
    let builder = || PluginBuilder::new(&*wat).with_shared_state(Arc::clone(&counter)).with_state(AtomicUsize::new(0));
    let mut first = counting(builder());
    let mut second = counting(builder());
    assert_eq!(first.call::<_, &str>("f", "a").unwrap(), "a 0");
    assert_eq!(first.call::<_, &str>("f", "b").unwrap(), "b 2");
    assert_eq!(second.call::<_, &str>("f", "c").unwrap(), "c 4");
    assert_eq!(counter.0.load(Ordering::Relaxed), 6);
    // As plain Rust:
    assert_eq!(count(1, counter.into(), "d", State::new(AtomicUsize::new(0))), "d 6");
}

#[host_fn]
fn lengths<'t>(text: &'t str, more: std::borrow::Cow<'t, [u8]>) -> Json<(usize, usize, bool)> {
    Json((text.len(), more.len(), matches!(more, std::borrow::Cow::Borrowed(_))))
}

#[test]
fn a_null_handle_is_no_bytes() {
    let body = r#"(func (export "f") (call $give (call $lengths (i64.const 0) (call $input))))"#;
    let wat = importing(&[("lengths", "(param i64 i64) (result i64)")], body);
    let mut plugin = PluginBuilder::new(wat).with_functions(host_fns![lengths]).build().unwrap();
    assert_eq!(plugin.call::<_, &str>("f", "abc").unwrap(), "[0,3,true]");
}

#[host_fn]
fn no_arguments() -> &'static str {
    "nothing"
}

#[test]
fn a_host_function_may_take_nothing() {
    let body = r#"(func (export "f") (call $give (call $no_arguments)))"#;
    let wat = importing(&[("no_arguments", "(result i64)")], body);
    let mut plugin = PluginBuilder::new(wat).with_functions(host_fns![no_arguments]).build().unwrap();
    assert_eq!(plugin.call::<_, &str>("f", "abc").unwrap(), "nothing");
}

#[host_fn]
fn panics(text: &str) -> String {
    panic!("no {text}")
}

#[test]
fn a_panic_comes_back_as_an_error() {
    let error = passing_on("panics").with_functions(host_fns![panics]).build().unwrap().call::<_, ()>("f", "luck");
    assert_eq!(
        error.unwrap_err().to_string(),
        "plug-in `guest`, export `f`: host function `panics`: panicked: no luck"
    );
}

/// The types that a state can be behind.
trait Storage: Send + Sync {
    fn read(&self, key: &str) -> Option<String>;
}

struct Upper;

impl Storage for Upper {
    fn read(&self, key: &str) -> Option<String> {
        Some(key.to_uppercase())
    }
}

#[host_fn]
fn read(storage: State<dyn Storage>, key: &str, list: State<[u8]>) -> Option<String> {
    assert_eq!(*list, [1, 2]);
    storage.read(key)
}

#[test]
fn a_state_may_be_a_trait_object_or_a_slice() {
    let storage: Arc<dyn Storage> = Arc::new(Upper);
    let mut plugin = passing_on("read")
        .with_shared_state(Arc::clone(&storage))
        .with_shared_state::<[u8]>(Arc::from([1, 2]))
        .with_functions(host_fns![read])
        .build()
        .unwrap();
    assert_eq!(plugin.call::<_, &str>("f", "a").unwrap(), "A");
    assert_eq!(read(storage.into(), "b", Arc::<[u8]>::from([1, 2]).into()).as_deref(), Some("B"));
}

#[host_fn]
fn conditional(
    #[cfg(any())] plugin: &mut Unknown,
    #[cfg(not(any()))] plugin: &mut CurrentPlugin<'_>,
    #[cfg(any())] text: &str,
    #[cfg(not(any()))] text: String,
) -> String {
    plugin.name().to_owned() + &text
}

#[host_fn]
fn nothing_left(#[cfg(any())] text: &str, #[cfg(any())] value: Scalar<i32>) {}

#[test]
fn an_argument_may_depend_on_a_condition() {
    assert_eq!(passing_on_to("conditional", host_fns![conditional]).call::<_, &str>("f", "!").unwrap(), "guest!");
    assert_eq!(host_fns![nothing_left][0].ty().to_string(), "() -> ()");
    nothing_left();
}
