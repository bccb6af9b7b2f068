//! `#[host_fn] async fn`, and `async` methods in `#[host_fn] impl` blocks.

use std::{
    pin::Pin,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll},
};

use extism_runtime::{CurrentPlugin, Error, Json, Plugin, PluginBuilder, State, host::Scalar, host_fn, host_fns};

use crate::{importing, passing_on, passing_on_to};

/// Waits once.
#[derive(Default)]
struct Wait(bool);

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        context.waker().wake_by_ref();
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

fn wait() -> Wait {
    Wait::default()
}

/// Calls `f` plainly, and then asynchronously; both must return the same.
#[track_caller]
fn both(plugin: &mut Plugin, input: &str) -> String {
    let plain: String = plugin.call("f", input).unwrap();
    let waited: String = smol::block_on(plugin.call_async("f", input)).unwrap();
    assert_eq!(plain, waited);
    plain
}

#[host_fn]
async fn shout(text: String) -> String {
    wait().await;
    text.to_uppercase()
}

#[test]
fn an_async_host_function_stays_a_function() {
    assert_eq!(smol::block_on(shout("a".to_owned())), "A");
}

#[test]
fn plain_and_async_calls_wait_for_it() {
    assert_eq!(both(&mut passing_on_to("shout", host_fns![shout]), "Hello"), "HELLO");
}

#[derive(Default)]
struct Seen(Mutex<Vec<String>>);

#[host_fn]
async fn remember(
    seen: State<Seen>,
    plugin: &CurrentPlugin<'_>,
    text: &str,
    bytes: &[u8],
    count: Scalar<i32>,
) -> String {
    wait().await;
    seen.0.lock().unwrap().push(text.to_owned());
    wait().await;
    format!("{} {text} {} {}", plugin.name(), bytes.len(), count.0)
}

#[test]
fn borrowed_arguments_and_the_state_live_over_waits() {
    let body = r#"(func (export "f") (local $text i64)
        (local.set $text (call $input))
        (call $give (call $remember (local.get $text) (local.get $text) (i32.const 7))))"#;
    let wat = importing(&[("remember", "(param i64 i64 i32) (result i64)")], body);
    let builder = PluginBuilder::new(wat).with_name("guest").with_state(Seen::default());
    let mut plugin = builder.with_functions(host_fns![remember]).build().unwrap();
    assert_eq!(both(&mut plugin, "text"), "guest text 4 7");
}

#[host_fn]
async fn note(plugin: &mut CurrentPlugin<'_>, key: String) -> Result<Option<Json<u32>>, Error> {
    wait().await;
    plugin.set_var(&key, b"1").unwrap();
    let Some(calls) = plugin.context_mut::<u32>() else { return Ok(None) };
    *calls += 1;
    Ok(Some(Json(*calls)))
}

#[test]
fn the_plugin_and_its_context_are_there_after_a_wait() {
    let mut plugin = passing_on_to("note", host_fns![note]);
    assert_eq!(plugin.call_with_context::<_, &str, _>("f", "key", 5_u32).unwrap(), "6");
    assert_eq!(smol::block_on(plugin.call_with_context_async::<_, &str, _>("f", "key", 7_u32)).unwrap(), "8");
    assert_eq!(both(&mut plugin, "other"), "");
    assert_eq!((plugin.var("key"), plugin.var("other")), (Some(&b"1"[..]), Some(&b"1"[..])));
}

#[host_fn]
async fn nothing() {}

#[host_fn]
async fn pair(#[cfg(any())] missing: Unknown) -> (Scalar<i32>, Scalar<f64>) {
    wait().await;
    (Scalar(3), Scalar(0.5))
}

#[host_fn]
async fn maybe(number: Scalar<i64>) -> Result<Option<Scalar<i32>>, String> {
    if number.0 == 0 { Err("zero".to_owned()) } else { Ok(None) }
}

#[test]
fn results_are_those_of_plain_functions() {
    let body = r#"(func (export "f") (result i32) (local $float f64)
        (call $nothing)
        (call $pair) (local.set $float)
        (i32.add (i32.trunc_f64_s (f64.mul (f64.const 4) (local.get $float))))
        (i32.add (call $maybe (i64.const 1))))
        (func (export "zero") (drop (call $maybe (i64.const 0))))"#;
    let imports = [("nothing", ""), ("pair", "(result i32 f64)"), ("maybe", "(param i64) (result i32)")];
    let builder = PluginBuilder::new(importing(&imports, body)).with_functions(host_fns![nothing, pair, maybe]);
    let mut plugin = builder.build().unwrap();
    for result in [plugin.call::<_, ()>("f", ()), smol::block_on(plugin.call_async("f", ()))] {
        assert!(matches!(result, Err(Error::Guest { code: 5, .. })), "{result:?}");
    }
    for result in [plugin.call::<_, ()>("zero", ()), smol::block_on(plugin.call_async("zero", ()))] {
        let Err(Error::HostFunction { name, source, .. }) = result else { panic!("another result: {result:?}") };
        assert_eq!((&*name, &*source.to_string()), ("maybe", "zero"));
    }
}

#[host_fn]
async fn decoded(number: Json<u8>) {
    let Json(_) = number;
}

#[host_fn]
async fn panics(text: String) {
    wait().await;
    panic!("at {text}");
}

#[test]
fn arguments_that_cannot_be_decoded_and_panics_are_errors() {
    for (name, expected) in [("decoded", "argument `number`: "), ("panics", "at text")] {
        let body = format!(r#"(func (export "f") (call ${name} (call $input)))"#);
        let wat = importing(&[(name, "(param i64)")], &body);
        let mut plugin = PluginBuilder::new(wat).with_functions(host_fns![decoded, panics]).build().unwrap();
        for result in [plugin.call::<_, ()>("f", "text"), smol::block_on(plugin.call_async("f", "text"))] {
            let Err(Error::HostFunction { source, .. }) = result else { panic!("another result: {result:?}") };
            assert!(source.to_string().contains(expected), "{source}");
        }
    }
}

trait Storage: Send + Sync + 'static {
    fn get(&self, key: &str) -> impl Future<Output = Option<String>> + Send;
}

#[derive(Default)]
struct Kv<S> {
    storage: S,
    reads: AtomicU32,
}

#[host_fn]
impl<S: Storage> Kv<S> {
    async fn kv_read(&self, key: &str) -> Option<String> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.storage.get(key).await
    }

    #[host_fn(name = "kv-count")]
    async fn count(&self, plugin: &CurrentPlugin<'_>, prefix: String) -> Result<String, Error> {
        wait().await;
        assert_eq!(plugin.export_name(), "f");
        Ok(format!("{prefix}{}", self.reads.load(Ordering::Relaxed)))
    }

    fn plain(&self, text: &str) -> String {
        text.to_owned()
    }

    #[host_fn(skip)]
    async fn skipped<T>(&self, value: T) -> T {
        value
    }
}

impl Storage for String {
    async fn get(&self, key: &str) -> Option<String> {
        wait().await;
        (key == "key").then(|| self.clone())
    }
}

#[test]
fn async_methods_of_a_value_stand_beside_plain_ones() {
    let kv = std::sync::Arc::new(Kv { storage: "value".to_owned(), ..Kv::default() });
    let plugin = |name| passing_on(name).with_functions(std::sync::Arc::clone(&kv)).build().unwrap();
    assert_eq!(both(&mut plugin("kv_read"), "key"), "value");
    assert_eq!(both(&mut plugin("kv_read"), "other"), "");
    assert_eq!(both(&mut plugin("kv-count"), "reads: "), "reads: 4");
    assert_eq!(both(&mut plugin("plain"), "plain"), "plain");
    assert_eq!(smol::block_on(kv.skipped(1)), 1);
}

#[host_fn]
async fn sleep(text: &str) -> String {
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    text.to_owned()
}

#[test]
fn tokios_timers_run_under_async_calls_on_runtimes_of_one_thread_and_of_several() {
    for runtime in [
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap(),
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap(),
    ] {
        let mut plugin = passing_on_to("sleep", host_fns![sleep]);
        let call = async move { plugin.call_async::<_, String>("f", "text").await };
        assert_eq!(runtime.block_on(async { tokio::spawn(call).await.unwrap() }).unwrap(), "text");
    }
}

#[test]
fn a_plain_call_on_the_only_thread_of_a_runtime_fails_and_names_the_async_form() {
    let mut plugin = passing_on_to("sleep", host_fns![sleep]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let error = runtime.block_on(async { plugin.call::<_, String>("f", "text") }).unwrap_err();
    assert!(error.to_string().contains("call_async"), "{error}");
}
