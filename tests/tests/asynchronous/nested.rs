//! Tests host functions that call plug-ins.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use extism_runtime::{CompiledPlugin, Error, Function, Plugin, ValType, host::HostFuture};

use crate::{block_on, on_many_threads, on_one_thread, plugin, poll_once, wait, waiting};

/// The host function `wait`, which calls another plug-in's `echo`: an async one by an async call.
fn echoing(asynchronous: bool) -> Function {
    if asynchronous {
        return Function::new_async("wait", [ValType::I64], [ValType::I64], |current, arguments, results| {
            Box::pin(async move {
                let text: String = current.get(&arguments[0])?;
                let mut other = plugin();
                results[0] = current.put(other.call_async::<_, &str>("echo", text).await?)?;
                Ok(())
            })
        });
    }
    Function::new("wait", [ValType::I64], [ValType::I64], |current, arguments, results| {
        let text: String = current.get(&arguments[0])?;
        results[0] = current.put(plugin().call::<_, &str>("echo", text)?)?;
        Ok(())
    })
}

#[test]
fn host_functions_of_either_kind_call_plugins_in_either_way() {
    for asynchronous in [false, true] {
        let call = || async move {
            let mut plugin = waiting(echoing(asynchronous)).build().unwrap();
            assert_eq!(plugin.call_async::<_, &str>("wait", "a").await.unwrap(), "a");
            assert_eq!(plugin.call::<_, &str>("wait", "b").unwrap(), "b");
        };
        block_on(call());
        on_one_thread(call());
        on_many_threads(async { tokio::spawn(call()).await.unwrap() });
        smol::block_on(call());
    }
    // A future of one call inside the host function of another one, which does not know about it.
    let inner = wait(|| async {
        let mut other = plugin();
        assert_eq!(block_on(other.call_async::<_, &str>("echo", "c")).unwrap(), "c");
    });
    assert_eq!(block_on(waiting(inner).build().unwrap().call_async::<_, &str>("wait", "a")).unwrap(), "waited: a");
}

/// A plug-in whose host function calls a new instance of the same plug-in, without end.
#[derive(Default)]
struct Recursion {
    compiled: Mutex<Option<CompiledPlugin>>,
    deepest: AtomicUsize,
}

fn deeper(recursion: Arc<Recursion>, asynchronous: bool) -> HostFuture<'static> {
    Box::pin(async move {
        recursion.deepest.fetch_add(1, Ordering::SeqCst);
        let compiled = recursion.compiled.lock().unwrap().clone().unwrap();
        let mut plugin = compiled.instantiate()?;
        if asynchronous {
            plugin.call_async::<_, ()>("wait", "").await?;
        } else {
            plugin.call::<_, ()>("wait", "")?;
        }
        Ok(())
    })
}

#[test]
fn calls_within_calls_end_at_a_limit() {
    for asynchronous in [true, false] {
        let recursion = Arc::new(Recursion::default());
        let called = Arc::clone(&recursion);
        let function = Function::new_async("wait", [ValType::I64], [ValType::I64], move |_, _, _| {
            deeper(Arc::clone(&called), asynchronous)
        });
        let compiled = waiting(function).compile().unwrap();
        *recursion.compiled.lock().unwrap() = Some(compiled.clone());
        let mut plugin = compiled.instantiate().unwrap();
        let error = block_on(plugin.call_async::<_, ()>("wait", "")).unwrap_err();
        assert!(matches!(error, Error::HostFunction { .. }) && error.to_string().contains("32 deep"), "{error}");
        assert_eq!(recursion.deepest.load(Ordering::SeqCst), 32);
        assert_eq!(block_on(plugin.call_async::<_, &str>("echo", "alive")).unwrap(), "alive");
        *recursion.compiled.lock().unwrap() = None;
    }
}

#[test]
fn calls_that_wait_in_turn_are_no_calls_within_calls() {
    let pending = || waiting(wait(std::future::pending)).build().unwrap();
    let mut plugins: Vec<_> = (0..40).map(|_| pending()).collect();
    let mut calls: Vec<_> = plugins.iter_mut().map(|plugin| plugin.call_async::<_, ()>("wait", "")).collect();
    for _ in 0..3 {
        assert!(calls.iter_mut().all(|call| poll_once(call).is_pending()));
    }
    // Forty at a time, and yet only this one runs.
    assert_eq!(plugin().call::<_, &str>("echo", "a").unwrap(), "a");
}

#[test]
fn an_inner_call_ends_at_its_own_deadline_and_with_the_outer_call() {
    let inner = wait(|| async {
        let mut inner = crate::limited(Duration::from_millis(30)).build().unwrap();
        assert!(matches!(inner.call_async::<_, ()>("spin", "").await, Err(Error::Timeout { .. })));
    });
    let mut outer = waiting(inner).build().unwrap();
    assert_eq!(block_on(outer.call_async::<_, &str>("wait", "a")).unwrap(), "waited: a");

    let endless = wait(|| async { drop(plugin().call_async::<_, ()>("spin", "").await) });
    let mut outer: Plugin = waiting(endless).with_timeout(Duration::from_millis(30)).build().unwrap();
    assert!(matches!(block_on(outer.call_async::<_, ()>("wait", "a")), Err(Error::Timeout { .. })));
    let mut call = outer.call_async::<_, ()>("wait", "a");
    assert!(poll_once(&mut call).is_pending());
    drop(call);
    assert_eq!(outer.call::<_, &str>("echo", "alive").unwrap(), "alive");
}

#[test]
fn more_async_calls_than_the_pool_has_stacks() {
    let mut plugins: Vec<_> = (0..300).map(|_| plugin()).collect();
    let mut calls: Vec<_> = plugins.iter_mut().map(|plugin| plugin.call_async::<_, ()>("spin", "")).collect();
    // All of them yield the thread.
    assert!(calls.iter_mut().all(|call| poll_once(call).is_pending()));
}
