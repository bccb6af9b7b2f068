//! Tests instances that threads and tasks share: pools, and clients of traits whose methods take `&self`.

mod clients;
mod fairness;
mod limits;
mod storm;
mod tasks;

use std::{
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use extism_runtime::{CompiledPlugin, PluginBuilder};

/// Longer than any operation here takes: a limit for hangs.
const AGES: Duration = Duration::from_secs(60);

/// A plug-in that returns its input (`echo`), counts its calls in its own memory (`count`), fails (`fail`), traps
/// (`trap`), and never ends (`spin`).
const GUEST: &str = r#"(module
    (import "extism:host/env" "input_length" (func $length (result i64)))
    (import "extism:host/env" "input_offset" (func $offset (result i64)))
    (import "extism:host/env" "output_set" (func $set (param i64 i64)))
    (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
    (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
    (global $calls (mut i64) (i64.const 0))
    (func (export "echo") (call $set (call $offset) (call $length)))
    (func (export "count") (local $block i64)
        (global.set $calls (i64.add (global.get $calls) (i64.const 1)))
        (local.set $block (call $alloc (i64.const 8)))
        (call $store (local.get $block) (global.get $calls))
        (call $set (local.get $block) (i64.const 8)))
    (func (export "fail") (result i32) (i32.const 7))
    (func (export "trap") unreachable)
    (func (export "spin") (loop $again (br $again))))"#;

fn builder() -> PluginBuilder {
    PluginBuilder::new(GUEST).with_name("shared")
}

fn compiled() -> CompiledPlugin {
    builder().compile().expect("the plug-in compiles")
}

/// Waits until the condition holds.
fn until(mut holds: impl FnMut() -> bool) {
    for _ in 0..60_000 {
        if holds() {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    panic!("it never holds");
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

/// Polls a future once.
fn poll_once<F: Future>(mut future: Pin<impl std::ops::DerefMut<Target = F>>) -> Poll<F::Output> {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}
