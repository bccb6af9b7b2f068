//! Engines whose code cannot be interrupted, and timeouts of those whose code can.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{Engine, Error, Manifest, PluginBuilder, Pool, ValType, Wasm};

use crate::{builder, wat};

const SECOND: Duration = Duration::from_secs(1);

fn uninterruptible() -> Engine {
    Engine::builder().with_interruptible(false).build().expect("an engine")
}

fn text(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}; {}", text(source)))
}

#[test]
fn a_timeout_that_nothing_could_enforce_is_an_error_of_the_build() {
    let engine = uninterruptible();
    let by_manifest = || Manifest::new([Wasm::data(wat(""))]).with_timeout(SECOND);
    for builder in
        [builder("").with_timeout(SECOND), PluginBuilder::new(by_manifest()), PluginBuilder::untrusted(wat(""))]
    {
        let error = builder.with_name("plain").with_engine(&engine).compile().expect_err("it has a timeout");
        let text = text(&error);
        assert!(text.contains("plug-in `plain` has a timeout, which its engine cannot enforce"), "{text}");
        assert!(text.contains("Engine::builder().with_interruptible(true)"), "{text}");
    }
}

#[extism_runtime::plugin_interface]
trait Echo {
    fn echo(&mut self, text: &str) -> String;
}

#[extism_runtime::plugin_interface]
trait AsyncEcho {
    async fn echo(&mut self, text: &str) -> String;
}

#[test]
fn a_timeout_of_one_call_that_nothing_could_enforce_is_an_error_of_that_call() {
    let engine = uninterruptible();
    let plugin = || builder("").with_name("plain").with_engine(&engine);
    let refused = "plug-in `plain`, export `echo`: cannot limit the time of the call: the engine was made with \
                   `Engine::builder().with_interruptible(false)`";
    let mut client = EchoPlugin::try_from(plugin().build().expect("it builds")).expect("it fits");
    assert_eq!(client.with_timeout(SECOND).echo("hello").expect_err("it has a timeout").to_string(), refused);
    assert_eq!(client.echo("hello").expect("it works"), "hello");

    let mut client = AsyncEchoPlugin::try_from(plugin().build().expect("it builds")).expect("it fits");
    let mut limited = client.with_timeout(SECOND);
    match pin!(limited.echo("hello")).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Err(error)) => assert_eq!(error.to_string(), refused),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_cannot_be_interrupted_is_cancelled_when_it_returns() {
    let wat = r#"(module (import "extism:host/user" "wait" (func $wait)) (func (export "f") (call $wait)))"#;
    let (entered, waits) = std::sync::mpsc::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let may_go_on = std::sync::Mutex::new(may_go_on);
    let mut plugin = PluginBuilder::new(wat)
        .with_engine(&uninterruptible())
        .with_function("wait", [], [], move |_, _, _| {
            entered.send(())?;
            may_go_on.lock().expect("no panic").recv().map_err(Into::into)
        })
        .build()
        .expect("it builds");
    let handle = plugin.cancel_handle();
    let caller = thread::spawn(move || plugin.call::<_, ()>("f", ""));
    waits.recv().expect("it is called");
    assert!(handle.cancel());
    go_on.send(()).expect("it waits");
    assert!(matches!(caller.join().expect("no panic"), Err(Error::Cancelled { .. })));
}

#[test]
fn fuel_limits_what_cannot_be_interrupted() {
    let engine = Engine::builder().with_interruptible(false).with_fuel(true).build().expect("an engine");
    let spin = r#"(func (export "spin") (loop $again (br $again)))"#;
    let mut plugin = builder(spin).with_engine(&engine).with_fuel_limit(100_000).build().expect("it builds");
    assert!(matches!(plugin.call::<_, ()>("spin", ""), Err(Error::OutOfFuel { .. })));
}

#[test]
fn no_timeout_comes_early() {
    let spin = r#"(func (export "spin") (loop $again (br $again)))"#;
    for milliseconds in [1, 2, 3, 5, 8, 13, 21] {
        let limit = Duration::from_millis(milliseconds);
        let mut plugin = builder(spin).with_timeout(limit).build().expect("it builds");
        // At different times between two ticks of the clock.
        for pause in 0..5 {
            thread::sleep(Duration::from_micros(pause * 370));
            let began = Instant::now();
            assert!(matches!(plugin.call::<_, ()>("spin", ""), Err(Error::Timeout { .. })));
            assert!(began.elapsed() >= limit, "{:?} instead of {limit:?}", began.elapsed());
        }
    }
}

/// What a host function takes counts, however long it holds up the plug-in.
#[test]
fn a_timeout_counts_from_the_beginning_of_the_call() {
    let limit = Duration::from_millis(200);
    let body = r#"(module (import "extism:host/user" "wait" (func $wait (param i64) (result i64)))
        (func (export "waits") (drop (call $wait (i64.const 0))))
        (func (export "waits_twice") (drop (call $wait (i64.const 0))) (drop (call $wait (i64.const 0))))
        (func (export "nothing")))"#;
    let mut plugin = PluginBuilder::new(body)
        .with_timeout(limit)
        .with_function("wait", [ValType::I64], [ValType::I64], move |plugin, _, _| {
            let before = plugin.time_remaining().ok_or("a limit")?;
            thread::sleep(Duration::from_millis(180));
            let after = plugin.time_remaining().ok_or("a limit")?;
            // The time counts from the first tick after the beginning, which a busy machine may delay.
            if before > limit || after + Duration::from_millis(100) > limit {
                return Err(format!("{before:?} were left, and then {after:?}").into());
            }
            Ok(())
        })
        .build()
        .expect("it builds");
    plugin.call::<_, ()>("nothing", "").expect("it is quick");
    assert!(matches!(plugin.call::<_, ()>("waits_twice", ""), Err(Error::Timeout { .. })));
    plugin.call::<_, ()>("nothing", "").expect("it is quick");
}

/// A call that has waited for its pool's instance has the rest of its time.
#[test]
fn waiting_for_a_pool_counts_towards_the_timeout() {
    let spin = r#"(func (export "spin") (loop $again (br $again)))"#;
    let limit = Duration::from_millis(300);
    let compiled = builder(spin).with_timeout(limit).compile().expect("it compiles");
    let pool = Pool::new(compiled, 1);
    let taken = pool.get(Duration::ZERO).expect("no error").expect("an instance");
    let caller = thread::spawn({
        let pool = pool.clone();
        move || {
            let began = Instant::now();
            (pool.call::<_, ()>("spin", ""), began.elapsed())
        }
    });
    while pool.waiting() == 0 {
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(limit / 2);
    drop(taken);
    let (result, took) = caller.join().expect("no panic");
    assert!(matches!(result, Err(Error::Timeout { .. })));
    assert!(took >= limit, "{took:?}");
}
