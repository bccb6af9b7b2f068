//! Tests async calls and async host functions, on several executors.

mod calls;
mod executors;
mod host_functions;
mod nested;
mod plain_calls;
mod storms;
mod waits;
mod wakers;

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use extism_runtime::{CompiledPlugin, Function, Manifest, Plugin, PluginBuilder, ValType, Wasm};
use extism_tests::{GIVE, INPUT, SPIN, VARIABLE, echo, environment, guest, module};

/// A plug-in with these functions besides `echo`, `spin`, `trap`, and `remember`, `forget` and `recall` of a variable.
fn wat(body: &str) -> String {
    let environment = environment(&[
        "alloc",
        "length",
        "store_u8",
        "input_length",
        "input_offset",
        "input_load_u8",
        "output_set",
        "var_get",
        "var_set",
    ]);
    let trap = r#"(func (export "trap") (unreachable))"#;
    module(&[&environment, body, GIVE, INPUT, VARIABLE, SPIN, trap, &echo(&["echo"])])
}

fn compiled() -> CompiledPlugin {
    CompiledPlugin::new(wat("")).expect("the plug-in compiles")
}

fn plugin() -> Plugin {
    compiled().instantiate().expect("an instance")
}

/// A plug-in with a time limit.
fn limited(timeout: Duration) -> PluginBuilder {
    PluginBuilder::new(Manifest::new([Wasm::data(wat(""))]).with_timeout(timeout))
}

/// A plug-in whose export `wait` passes its input to the async host function `wait`, and returns its result.
fn waiting(wait: Function) -> PluginBuilder {
    let body = r#"(import "extism:host/user" "wait" (func $wait (param i64) (result i64)))
        (func (export "wait") (call $give (call $wait (call $input))))
        (func (export "wait_for_ever") (loop $again (drop (call $wait (call $input))) (br $again)))"#;
    PluginBuilder::new(Manifest::new([Wasm::data(wat(body))]).with_timeout(Duration::from_secs(60)))
        .with_functions(wait)
}

/// The plug-in of [`waiting`], which also imports WASI.
fn with_wasi(wait: Function) -> PluginBuilder {
    let body = r#"(import "extism:host/user" "wait" (func $wait (param i64) (result i64)))
        (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
        (memory (export "memory") 1)
        (func (export "wait") (drop (call $sched_yield)) (call $give (call $wait (call $input))))"#;
    PluginBuilder::new(wat(body)).with_wasi(true).with_functions(wait)
}

fn drop_time(_: std::time::Instant) {}

/// The async host function `wait`, which returns its argument after the future that `make` creates.
fn wait<M, F>(make: M) -> Function
where
    M: Fn() -> F + Send + Sync + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let make = Arc::new(make);
    Function::new_async("wait", [ValType::I64], [ValType::I64], move |plugin, arguments, results| {
        let make = Arc::clone(&make);
        Box::pin(async move {
            // Borrowed from the plug-in's memory over the wait.
            let text: &str = plugin.get(&arguments[0])?;
            make().await;
            let text = format!("waited: {text}");
            results[0] = plugin.put(text)?;
            Ok(())
        })
    })
}

/// The smallest possible executor.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// Runs a future on a tokio runtime with one thread.
fn on_one_thread<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

/// Runs a future on a tokio runtime with several threads.
fn on_many_threads<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// Polls a future once.
fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    std::pin::Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}
