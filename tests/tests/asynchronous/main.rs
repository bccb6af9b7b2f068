//! Async calls and async host functions, on several executors.

mod calls;
mod executors;
mod host_functions;
mod nested;
mod plain_calls;
mod storms;
mod waits;
mod wakers;

use std::{
    path::PathBuf,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use extism_runtime::{CompiledPlugin, Function, Manifest, Plugin, PluginBuilder, ValType, Wasm};

/// The path of a committed guest.
fn guest(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/plugins").join(file)
}

/// A plug-in with these functions besides `echo`, `spin`, `trap`, and `remember`, `forget` and `recall` of a variable.
fn wat(body: &str) -> String {
    format!(
        r#"(module
            (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
            (import "extism:host/env" "length" (func $length (param i64) (result i64)))
            (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
            (import "extism:host/env" "input_length" (func $input_length (result i64)))
            (import "extism:host/env" "input_offset" (func $input_offset (result i64)))
            (import "extism:host/env" "input_load_u8" (func $input_load_u8 (param i64) (result i32)))
            (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
            (import "extism:host/env" "var_get" (func $var_get (param i64) (result i64)))
            (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
            {body}
            (func $give (param $handle i64)
                (call $output_set (local.get $handle) (call $length (local.get $handle))))
            ;; The input in a block of its own.
            (func $input (result i64)
                (local $handle i64) (local $at i64)
                (local.set $handle (call $alloc (call $input_length)))
                (block $done (loop $next
                    (br_if $done (i64.ge_u (local.get $at) (call $input_length)))
                    (call $store_u8
                        (i64.add (local.get $handle) (local.get $at)) (call $input_load_u8 (local.get $at)))
                    (local.set $at (i64.add (local.get $at) (i64.const 1)))
                    (br $next)))
                (local.get $handle))
            (func $name (result i64)
                (local $handle i64)
                (local.set $handle (call $alloc (i64.const 1)))
                (call $store_u8 (local.get $handle) (i32.const 118))
                (local.get $handle))
            (func (export "remember") (call $var_set (call $name) (call $input)))
            (func (export "recall") (call $give (call $var_get (call $name))))
            (func (export "spin") (loop $again (br $again)))
            (func (export "trap") (unreachable))
            (func (export "echo") (call $output_set (call $input_offset) (call $input_length))))"#
    )
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

/// A plug-in whose export `wait` gives its input to the async host function `wait`, and returns what that returns.
fn waiting(wait: Function) -> PluginBuilder {
    let body = r#"(import "extism:host/user" "wait" (func $wait (param i64) (result i64)))
        (func (export "wait") (call $give (call $wait (call $input))))
        (func (export "wait_for_ever") (loop $again (drop (call $wait (call $input))) (br $again)))"#;
    PluginBuilder::new(Manifest::new([Wasm::data(wat(body))]).with_timeout(Duration::from_secs(60)))
        .with_functions(wait)
}

/// Like [`waiting`], for a plug-in that imports WASI too.
fn with_wasi(wait: Function) -> PluginBuilder {
    let body = r#"(import "extism:host/user" "wait" (func $wait (param i64) (result i64)))
        (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
        (memory (export "memory") 1)
        (func (export "wait") (drop (call $sched_yield)) (call $give (call $wait (call $input))))"#;
    PluginBuilder::new(wat(body)).with_wasi(true).with_functions(wait)
}

fn drop_time(_: std::time::Instant) {}

/// The async host function `wait`, which returns its argument after the future that `make` makes.
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

/// The smallest executor that there is.
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
