//! Tests plain calls of plug-ins with async host functions.

use std::{
    future::{pending, ready},
    thread,
    time::Duration,
};

use extism_runtime::{Error, Plugin};

use crate::{drop_time, on_many_threads, on_one_thread, wait, waiting, with_wasi};

fn sleeping() -> Plugin {
    waiting(wait(|| tokio::time::sleep(Duration::from_millis(2)))).build().unwrap()
}

fn call(mut plugin: Plugin) {
    for _ in 0..3 {
        assert_eq!(plugin.call::<_, &str>("wait", "a").unwrap(), "waited: a");
    }
}

#[test]
fn a_plain_call_waits_on_the_calling_thread() {
    call(waiting(wait(|| ready(()))).build().unwrap());
    // Without a runtime, on several threads at once.
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| call(sleeping()));
        }
    });
    // Where another thread drives the runtime.
    on_one_thread(async { tokio::task::spawn_blocking(|| call(sleeping())).await.unwrap() });
    on_many_threads(async { tokio::task::spawn_blocking(|| call(sleeping())).await.unwrap() });
    on_many_threads(async { call(sleeping()) });
    smol::block_on(async {
        call(
            waiting(wait(|| async { drop_time(smol::Timer::after(Duration::from_millis(2)).await) })).build().unwrap(),
        );
    });
}

#[test]
fn a_plain_call_in_the_only_worker_of_a_runtime_lets_others_go_on() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async { tokio::spawn(async { call(sleeping()) }).await.unwrap() });
}

/// A plain call on the only thread of a runtime.
fn assert_is_stuck(result: Result<String, Error>) {
    let error = result.unwrap_err();
    let Error::HostFunction { name, .. } = &error else { panic!("{error}") };
    assert_eq!(name, "wait");
    assert!(error.to_string().contains("only thread of a tokio runtime") && error.to_string().contains("call_async"));
}

#[test]
fn a_plain_call_on_the_only_thread_of_a_runtime_is_an_error_if_it_waits() {
    on_one_thread(async {
        let mut plugin = sleeping();
        plugin.call::<_, ()>("remember", "this").unwrap();
        assert_is_stuck(plugin.call("wait", "a"));
        assert_eq!(plugin.call::<_, &str>("recall", "").unwrap(), "this");
        assert_eq!(plugin.call_async::<_, &str>("wait", "a").await.unwrap(), "waited: a");
        // In a task, and in one that the runtime does not know about.
        tokio::spawn(async { assert_is_stuck(sleeping().call("wait", "a")) }).await.unwrap();
        tokio::task::unconstrained(async { assert_is_stuck(sleeping().call("wait", "a")) }).await;
        let local = tokio::task::LocalSet::new();
        local.run_until(async { assert_is_stuck(sleeping().call("wait", "a")) }).await;
        // A future that does not wait, or can complete on its own, works.
        call(waiting(wait(|| ready(()))).build().unwrap());
    });
}

#[test]
fn a_plain_call_within_an_async_host_function_is_an_error_there_too() {
    on_one_thread(async {
        let mut outer = waiting(wait(|| async { assert_is_stuck(sleeping().call("wait", "a")) })).build().unwrap();
        assert_eq!(outer.call_async::<_, &str>("wait", "a").await.unwrap(), "waited: a");
    });
}

#[test]
fn the_deadline_and_a_cancellation_end_it() {
    let mut plugin = waiting(wait(pending)).with_timeout(Duration::from_millis(30)).build().unwrap();
    assert!(matches!(plugin.call::<_, ()>("wait", ""), Err(Error::Timeout { .. })));
    let mut plugin = waiting(wait(pending)).build().unwrap();
    let cancel = plugin.cancel_handle();
    thread::scope(|scope| {
        scope.spawn(move || {
            while !cancel.cancel() {
                thread::yield_now();
            }
        });
        assert!(matches!(plugin.call::<_, ()>("wait", ""), Err(Error::Cancelled { .. })));
    });
    // In a runtime with other running threads.
    on_many_threads(async {
        tokio::spawn(async {
            let mut plugin = waiting(wait(pending)).with_timeout(Duration::from_millis(30)).build().unwrap();
            assert!(matches!(plugin.call::<_, ()>("wait", ""), Err(Error::Timeout { .. })));
        })
        .await
        .unwrap();
    });
}

#[test]
fn wasi_does_not_take_the_runtime_away_from_host_functions() {
    let builder = || with_wasi(wait(|| tokio::time::sleep(Duration::from_millis(2))));
    call(builder().build().unwrap());
    on_many_threads(async move { call(builder().build().unwrap()) });
    on_one_thread(async move {
        let mut plugin = builder().build().unwrap();
        assert_is_stuck(plugin.call("wait", "a"));
        assert_eq!(plugin.call_async::<_, &str>("wait", "a").await.unwrap(), "waited: a");
    });
    smol::block_on(async {
        let timer = || async { drop_time(smol::Timer::after(Duration::from_millis(2)).await) };
        let mut plugin = with_wasi(wait(timer)).build().unwrap();
        assert_eq!(plugin.call_async::<_, &str>("wait", "a").await.unwrap(), "waited: a");
        call(plugin);
    });
}
