//! Async calls and async host functions, on several executors.

mod calls;
mod executors;

use std::{
    path::PathBuf,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use extism_runtime::{CompiledPlugin, Manifest, Plugin, PluginBuilder, Wasm};

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
