//! Tests the counters of calls, the records of calls, and their spans.

mod outcomes;
mod pools;
mod records;
mod server;
mod spans;
mod storm;
mod subscriber;
mod times;
mod usage;

use std::{
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use extism_runtime::{
    Function, Manifest, PluginBuilder, PluginId, ValType, Wasm,
    host::HostFuture,
    usage::{CallRecord, Outcome},
};
use extism_tests::{GIVE, INPUT, NUMBER, echo, environment, module, text};

/// A plug-in with an export for each way in which a call can end. Its `ask` and `wait` pass the input to the
/// host functions with these names, and return their results.
fn guest() -> String {
    module(&[
        &environment(&[
            "alloc",
            "length",
            "store_u8",
            "store_u64",
            "input_length",
            "input_offset",
            "input_load_u8",
            "output_set",
            "error_set",
            "var_set",
            "log_info",
            "http_request",
            "memory_bytes",
        ]),
        r#"(import "extism:host/user" "ask" (func $ask (param i64) (result i64)))
           (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))"#,
        GIVE,
        INPUT,
        NUMBER,
        &text("word"),
        &echo(&["echo"]),
        r#"(memory (export "memory") 1)
           (func (export "fail") (call $error_set (call $text)))
           (func (export "trap") (unreachable))
           (func (export "exit") (call $exit (i32.const 3)))
           (func (export "spin") (loop $again (br $again)))
           (func (export "allocate") (drop (call $alloc (i64.const 100000000))))
           (func (export "grow") (drop (memory.grow (i32.const 4))))
           (func (export "log") (loop $again (call $log_info (call $text)) (br $again)))
           (func (export "log_once") (call $log_info (call $text)))
           (func (export "remember") (call $var_set (call $text) (call $input)))
           (func (export "forget") (call $var_set (call $text) (i64.const 0)))
           (func (export "fetch") (call $give (call $http_request (call $input) (i64.const 0))))
           (func (export "ask_and_spin") (drop (call $ask (call $input))) (loop $again (br $again)))
           (func (export "ask") (call $give (call $ask (call $input))))
           (func (export "ask_twice") (drop (call $ask (call $input))) (call $give (call $ask (call $input))))"#,
    ])
}

/// The plug-in with a host function `ask` that returns its argument.
fn builder() -> PluginBuilder {
    with_ask(Function::new("ask", [ValType::I64], [ValType::I64], |plugin, arguments, results| {
        let text: String = plugin.get(&arguments[0])?;
        results[0] = plugin.put(text)?;
        Ok(())
    }))
}

/// The plug-in with this host function.
fn with_ask(ask: Function) -> PluginBuilder {
    let manifest = Manifest::new([Wasm::data(guest())]).with_allowed_hosts(["127.0.0.1"]);
    PluginBuilder::new(manifest).with_name("guest").with_wasi(true).with_functions(ask)
}

/// The plug-in with a host function `ask` that waits for the future that this creates.
fn waiting<F>(make: impl Fn() -> F + Send + Sync + 'static) -> PluginBuilder
where
    F: Future<Output = ()> + Send + 'static,
{
    let make = Arc::new(make);
    with_ask(Function::new_async("ask", [ValType::I64], [ValType::I64], move |plugin, arguments, results| {
        let make = Arc::clone(&make);
        let future: HostFuture<'_> = Box::pin(async move {
            let text: String = plugin.get(&arguments[0])?;
            make().await;
            results[0] = plugin.put(text)?;
            Ok(())
        });
        future
    }))
}

/// A [`CallRecord`] with owned data.
#[derive(Clone, Debug, PartialEq)]
struct Record {
    id: Option<PluginId>,
    export: String,
    outcome: Outcome,
    time: Duration,
    guest_time: Duration,
    host_time: Duration,
    input_bytes: u64,
    output_bytes: u64,
    fuel: Option<u64>,
    host_calls: u64,
    http_requests: u64,
}

impl From<&CallRecord<'_>> for Record {
    fn from(record: &CallRecord<'_>) -> Self {
        assert_eq!(record.plugin, "guest");
        Self {
            id: record.id,
            export: record.export.to_owned(),
            outcome: record.outcome,
            time: record.time,
            guest_time: record.guest_time,
            host_time: record.host_time,
            input_bytes: record.input_bytes,
            output_bytes: record.output_bytes,
            fuel: record.fuel,
            host_calls: record.host_calls,
            http_requests: record.http_requests,
        }
    }
}

/// Keeps the records of calls.
#[derive(Clone, Default)]
struct Records(Arc<Mutex<Vec<Record>>>);

impl Records {
    /// Receives the records of this builder's plug-in.
    fn of(&self, builder: PluginBuilder) -> PluginBuilder {
        let records = self.clone();
        builder.with_on_call(move |record| records.lock().push(record.into()))
    }

    /// Takes all records so far.
    fn take(&self) -> Vec<Record> {
        std::mem::take(&mut self.lock())
    }

    /// Takes the only record.
    fn only(&self) -> Record {
        let mut records = self.take();
        assert_eq!(records.len(), 1, "{records:?}");
        records.remove(0)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Record>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls a future until something has happened; the clock's tick may interrupt it earlier.
fn poll_until<F: Future + Unpin>(future: &mut F, happened: impl Fn() -> bool) {
    while !happened() {
        assert!(poll_once(future).is_pending());
    }
}

/// Polls a future until it is ready.
fn finish<F: Future + Unpin>(future: &mut F) -> F::Output {
    loop {
        if let Poll::Ready(output) = poll_once(future) {
            return output;
        }
    }
}

/// Waits once, and is woken at once.
async fn wait_once() {
    let mut waited = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
