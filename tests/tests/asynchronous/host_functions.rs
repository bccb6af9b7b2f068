use std::{
    future::{pending, poll_fn, ready},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    thread,
    time::Duration,
};

use extism_runtime::{
    __private::{HostFunction, Signature, bind, read_argument, write_result},
    CancelHandle, Error, Function, Plugin, PluginBuilder, State, ValType,
    host::{HostArgument, HostOutput},
};

use crate::{block_on, drop_time, on_many_threads, on_one_thread, poll_once, wait, waiting};

#[test]
fn an_async_host_function_waits_on_every_executor() {
    async fn call(mut plugin: Plugin) {
        for round in 0..5 {
            let text = format!("round {round}");
            assert_eq!(plugin.call_async::<_, &str>("wait", &text).await.unwrap(), format!("waited: {text}"));
        }
    }
    let sleeping = || waiting(wait(|| tokio::time::sleep(Duration::from_millis(2)))).build().unwrap();
    on_one_thread(call(sleeping()));
    on_many_threads(async { tokio::spawn(call(sleeping())).await.unwrap() });
    let smol = waiting(wait(|| async { drop_time(smol::Timer::after(Duration::from_millis(2)).await) }));
    smol::block_on(call(smol.build().unwrap()));
    let bare = waiting(wait(|| {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(2));
            sender.send(())
        });
        async { receiver.await.unwrap() }
    }));
    block_on(call(bare.build().unwrap()));
}

#[test]
fn one_that_is_ready_at_once_does_not_make_the_call_wait() {
    let mut plugin = waiting(wait(|| ready(()))).build().unwrap();
    let mut ended = 0;
    for _ in 0..20 {
        if let Poll::Ready(output) = poll_once(&mut plugin.call_async::<_, &str>("wait", "a")) {
            assert_eq!(output.unwrap(), "waited: a");
            ended += 1;
        }
        thread::sleep(Duration::from_millis(3));
    }
    // A tick of the clock during the call makes it wait, which is rare unless the machine is busy.
    assert!(ended >= 10, "{ended} of 20");
}

/// Makes a call that waits forever, and returns its error.
fn error_of(mut plugin: Plugin, end: impl FnOnce(CancelHandle) + Send) -> Error {
    plugin.call::<_, ()>("remember", "this").unwrap();
    let cancel = plugin.cancel_handle();
    let error = thread::scope(|scope| {
        scope.spawn(|| end(cancel));
        block_on(plugin.call_async::<_, ()>("wait", "")).unwrap_err()
    });
    assert_eq!(plugin.call::<_, &str>("recall", "").unwrap(), "this");
    error
}

#[test]
fn the_deadline_ends_a_wait_that_nothing_wakes() {
    let plugin = waiting(wait(pending)).with_timeout(Duration::from_millis(30)).build().unwrap();
    assert!(matches!(error_of(plugin, drop), Error::Timeout { .. }));
}

#[test]
fn a_cancellation_ends_a_wait_that_nothing_wakes() {
    let plugin = waiting(wait(pending)).build().unwrap();
    let error = error_of(plugin, |cancel| {
        while !cancel.cancel() {
            thread::yield_now();
        }
    });
    assert!(matches!(error, Error::Cancelled { .. }));
}

/// Counts its drops.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn dropping_the_call_drops_what_it_waits_for() {
    let drops = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&drops);
    let mut plugin = waiting(wait(move || {
        let counted = Counted(Arc::clone(&counted));
        async move {
            pending::<()>().await;
            drop(counted);
        }
    }))
    .build()
    .unwrap();
    plugin.call::<_, ()>("remember", "this").unwrap();
    for count in 0..3 {
        let mut call = plugin.call_async::<_, ()>("wait", "");
        assert!(poll_once(&mut call).is_pending());
        assert_eq!(drops.load(Ordering::SeqCst), count);
        drop(call);
        assert_eq!(drops.load(Ordering::SeqCst), count + 1);
        assert_eq!(block_on(plugin.call_async::<_, &str>("recall", "")).unwrap(), "this");
    }
}

/// A future that panics when it is polled the second time, or when it is dropped.
struct Panicking {
    polls: usize,
    when_polled: bool,
    when_dropped: bool,
}

impl Future for Panicking {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.polls += 1;
        assert!(self.polls < 2 || !self.when_polled, "polled twice");
        context.waker().wake_by_ref();
        if self.polls < 3 { Poll::Pending } else { Poll::Ready(()) }
    }
}

impl Drop for Panicking {
    fn drop(&mut self) {
        if self.when_dropped && !thread::panicking() {
            panic!("dropped");
        }
    }
}

#[test]
fn a_panic_of_the_future_is_an_error_with_its_text() {
    let mut plugin = waiting(wait(|| Panicking { polls: 0, when_polled: true, when_dropped: false })).build().unwrap();
    plugin.call::<_, ()>("remember", "this").unwrap();
    for _ in 0..3 {
        let error = block_on(plugin.call_async::<_, ()>("wait", "")).unwrap_err();
        assert!(matches!(&error, Error::HostFunction { name, .. } if name == "wait"), "{error}");
        assert!(error.to_string().ends_with("panicked: polled twice"), "{error}");
        let plain = plugin.call::<_, ()>("wait", "").unwrap_err();
        assert_eq!(plain.to_string(), error.to_string());
        assert_eq!(plugin.call::<_, &str>("recall", "").unwrap(), "this");
    }
}

#[test]
fn a_panic_before_there_is_a_future_is_an_error_too() {
    let function = Function::new_async("wait", [ValType::I64], [ValType::I64], |_, _, _| panic!("no future"));
    let mut plugin = waiting(function).build().unwrap();
    let error = block_on(plugin.call_async::<_, ()>("wait", "")).unwrap_err();
    assert!(error.to_string().ends_with("panicked: no future"), "{error}");
}

#[test]
fn a_future_that_panics_when_it_is_dropped_harms_nobody() {
    let mut plugin = waiting(wait(|| Panicking { polls: 0, when_polled: false, when_dropped: true })).build().unwrap();
    let mut call = plugin.call_async::<_, ()>("wait", "");
    assert!(poll_once(&mut call).is_pending());
    drop(call);
    assert_eq!(plugin.call::<_, &str>("echo", "alive").unwrap(), "alive");
}

#[test]
fn endless_waits_leave_the_deadline_its_turn() {
    // Each wait is short, but they never end.
    let yielding = || {
        let mut yielded = false;
        poll_fn(move |context| {
            if std::mem::replace(&mut yielded, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
    };
    for wait in [wait(yielding), wait(|| ready(()))] {
        let mut plugin = waiting(wait).with_timeout(Duration::from_millis(30)).build().unwrap();
        assert!(matches!(block_on(plugin.call_async::<_, ()>("wait_for_ever", "")), Err(Error::Timeout { .. })));
        assert!(matches!(plugin.call::<_, ()>("wait_for_ever", ""), Err(Error::Timeout { .. })));
    }
}

#[test]
fn a_plain_host_function_serves_async_calls() {
    let function = Function::new("wait", [ValType::I64], [ValType::I64], |plugin, arguments, results| {
        let text = plugin.get::<String>(&arguments[0])?;
        results[0] = plugin.put(format!("{}: {text}", plugin.context::<&str>().copied().unwrap_or("nobody")))?;
        Ok(())
    });
    let mut plugin = waiting(function).build().unwrap();
    assert_eq!(block_on(plugin.call_async::<_, &str>("wait", "a")).unwrap(), "nobody: a");
    assert_eq!(block_on(plugin.call_with_context_async::<_, &str, _>("wait", "a", "me")).unwrap(), "me: a");
    // The context ends with the call, even if the call is dropped.
    drop(plugin.call_with_context_async::<_, &str, _>("wait", "a", "me"));
    assert_eq!(block_on(plugin.call_async::<_, &str>("wait", "a")).unwrap(), "nobody: a");
}

/// The expansion of an async function with borrowed arguments.
static JOIN: HostFunction<()> = HostFunction {
    signature: Signature {
        namespace: "extism:host/user",
        name: "wait",
        params: &[<&str as HostArgument<'_, '_>>::PARAMS, <State<String> as HostArgument<'_, '_>>::PARAMS],
        results: <String as HostOutput>::RESULTS,
    },
    permission: None,
    bind: |mut binder| {
        let (text, state) = (bind::<&str>(&mut binder), bind::<State<String>>(&mut binder));
        binder.call_async(move |(), plugin, mut arguments, results| {
            let (text, state) = (text.clone(), state.clone());
            Box::pin(async move {
                let text: &str = read_argument(&text, "text", plugin, &mut arguments)?;
                let state: State<String> = read_argument(&state, "state", plugin, &mut arguments)?;
                tokio::task::yield_now().await;
                let joined = format!("{text} and {}", *state);
                write_result(joined, plugin, results)
            })
        })
    },
    describe: |_| unreachable!("no plug-in here has a description to compare it with"),
};

#[test]
fn typed_functions_borrow_their_arguments_over_waits() {
    let builder = waiting(extism_runtime::__private::function(&JOIN)).with_state("state".to_owned());
    let mut plugin = builder.build().unwrap();
    assert_eq!(block_on(plugin.call_async::<_, &str>("wait", "text")).unwrap(), "text and state");
    assert_eq!(plugin.call::<_, &str>("wait", "text").unwrap(), "text and state");
    assert!(waiting(extism_runtime::__private::function(&JOIN)).build().unwrap_err().to_string().contains("String"));
}

#[test]
fn functions_that_take_turns_are_each_called_and_released_with_the_plugin() {
    let body = r#"(import "extism:host/user" "first" (func $first (param i64) (result i64)))
        (import "extism:host/user" "second" (func $second (param i64) (result i64)))
        (func (export "both") (call $give (call $second (call $first (call $input)))))"#;
    let held = Arc::new(());
    let function = |name: &'static str| {
        let held = Arc::clone(&held);
        Function::new_async(name, [ValType::I64], [ValType::I64], move |plugin, arguments, results| {
            let _held = &held;
            Box::pin(async move {
                let text: &str = plugin.get(&arguments[0])?;
                if text == "fail" {
                    return Err("it is told to".into());
                }
                let text = format!("{text} {name}");
                results[0] = plugin.put(text)?;
                Ok(())
            })
        })
    };
    let compiled = PluginBuilder::new(crate::wat(body)).with_functions([function("first"), function("second")]);
    let compiled = compiled.compile().unwrap();
    let mut plugins = [compiled.instantiate().unwrap(), compiled.instantiate().unwrap()];
    for round in 0..3 {
        for plugin in &mut plugins {
            let text = format!("round {round}:");
            assert_eq!(plugin.call::<_, &str>("both", &text).unwrap(), format!("{text} first second"));
            let output = block_on(plugin.call_async::<_, &str>("both", &text)).unwrap();
            assert_eq!(output, format!("{text} first second"));
            let error = block_on(plugin.call_async::<_, ()>("both", "fail")).unwrap_err();
            assert!(matches!(error, Error::HostFunction { ref name, .. } if name == "first"), "{error}");
        }
    }
    drop((plugins, compiled));
    assert_eq!(Arc::strong_count(&held), 1);
}
