//! Tests the waits of plug-ins themselves: sleeps and HTTP requests.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{Error, Manifest, Plugin, PluginBuilder, Wasm};
use futures_util::future::join_all;

use crate::{block_on, guest, on_one_thread, poll_once, wat};

fn wasi() -> Plugin {
    PluginBuilder::new(guest("wasi_files.wasm")).with_wasi(true).build().unwrap()
}

#[test]
fn sleeps_do_not_hold_the_executors_thread() {
    on_one_thread(async {
        let mut plugins: Vec<_> = (0..10).map(|_| wasi()).collect();
        let began = Instant::now();
        let sleeps = plugins.iter_mut().map(|plugin| plugin.call_async::<_, ()>("sleep_ms", "300"));
        for slept in join_all(sleeps).await {
            slept.unwrap();
        }
        let elapsed = began.elapsed();
        assert!(elapsed >= Duration::from_millis(300), "{elapsed:?}");
        assert!(elapsed < Duration::from_millis(2900), "one after the other: {elapsed:?}");
    });
}

#[test]
fn a_sleep_ends_at_the_deadline_by_a_cancellation_and_when_it_is_dropped() {
    let builder = PluginBuilder::new(guest("wasi_files.wasm")).with_wasi(true);
    let mut hurried = builder.with_timeout(Duration::from_millis(30)).build().unwrap();
    assert!(matches!(block_on(hurried.call_async::<_, ()>("sleep_ms", "1000000")), Err(Error::Timeout { .. })));
    let mut plugin = wasi();
    let cancel = plugin.cancel_handle();
    let mut sleeping = plugin.call_async::<_, ()>("sleep_ms", "1000000");
    assert!(poll_once(&mut sleeping).is_pending());
    assert!(cancel.cancel());
    assert!(matches!(block_on(sleeping), Err(Error::Cancelled { .. })));
    let mut sleeping = plugin.call_async::<_, ()>("sleep_ms", "1000000");
    assert!(poll_once(&mut sleeping).is_pending());
    drop(sleeping);
    plugin.call::<_, ()>("sleep_ms", "1").unwrap();
}

const GET: &str = r#"(import "extism:host/env" "http_request" (func $http_request (param i64 i64) (result i64)))
    (func (export "get") (call $give (call $http_request (call $input) (i64.const 0))))"#;

/// Starts a server that answers each request after a while; returns a request for its URL, as PDKs encode it.
fn server(delay: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(r#"{{"url":"http://{}/"}}"#, listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || {
                let reader = BufReader::new(stream.try_clone().unwrap());
                reader.lines().map_while(Result::ok).take_while(|line| !line.is_empty()).count();
                thread::sleep(delay);
                drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
            });
        }
    });
    url
}

fn requesting() -> PluginBuilder {
    PluginBuilder::new(Manifest::new([Wasm::data(wat(GET))]).with_allowed_hosts(["127.0.0.1"]))
}

#[test]
fn requests_do_not_hold_the_executors_thread() {
    let url = server(Duration::from_millis(300));
    let mut plugins: Vec<_> = (0..10).map(|_| requesting().build().unwrap()).collect();
    on_one_thread(async {
        let began = Instant::now();
        for response in join_all(plugins.iter_mut().map(|plugin| plugin.call_async::<_, &str>("get", &url))).await {
            assert_eq!(response.unwrap(), "hello");
        }
        assert!(began.elapsed() < Duration::from_millis(2900), "one after the other: {:?}", began.elapsed());
    });
    // A plain call sends requests as always, even on such a thread.
    assert_eq!(plugins[0].call::<_, &str>("get", &url).unwrap(), "hello");
    on_one_thread(async { assert_eq!(plugins[0].call::<_, &str>("get", &url).unwrap(), "hello") });
}

#[test]
fn a_request_ends_at_the_deadline_by_a_cancellation_and_when_it_is_dropped() {
    let url = server(Duration::from_secs(1000));
    let mut hurried = requesting().with_timeout(Duration::from_millis(50)).build().unwrap();
    assert!(matches!(block_on(hurried.call_async::<_, ()>("get", &url)), Err(Error::Timeout { .. })));
    let mut plugin = requesting().build().unwrap();
    let cancel = plugin.cancel_handle();
    let mut waiting = plugin.call_async::<_, ()>("get", &url);
    assert!(poll_once(&mut waiting).is_pending());
    assert!(cancel.cancel());
    assert!(matches!(block_on(waiting), Err(Error::Cancelled { .. })));
    let mut waiting = plugin.call_async::<_, ()>("get", &url);
    assert!(poll_once(&mut waiting).is_pending());
    drop(waiting);
    assert_eq!(block_on(plugin.call_async::<_, &str>("echo", "alive")).unwrap(), "alive");
}

#[test]
fn errors_of_requests_are_those_of_plain_calls() {
    let mut plugin = requesting().build().unwrap();
    for request in ["", "{}", r#"{"url":"http://example.com/"}"#, r#"{"url":"http://127.0.0.1:1/"}"#] {
        let error = block_on(plugin.call_async::<_, ()>("get", request)).unwrap_err();
        assert_eq!(error.to_string(), plugin.call::<_, ()>("get", request).unwrap_err().to_string());
    }
}

#[test]
fn building_does_not_hold_the_executors_thread() {
    on_one_thread(async {
        let main = thread::current().id();
        let stages = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let seen = std::sync::Arc::clone(&stages);
        let builder =
            PluginBuilder::new(wat("")).with_build_progress(move |_| seen.lock().unwrap().push(thread::current().id()));
        let mut plugin: Plugin = tokio::spawn(builder.build_async()).await.unwrap().unwrap();
        assert_eq!(plugin.call_async::<_, &str>("echo", "hello").await.unwrap(), "hello");
        assert!(stages.lock().unwrap().iter().all(|thread| *thread != main));
        assert!(PluginBuilder::new("no module").build_async().await.is_err());
        // The future may be dropped.
        drop(PluginBuilder::new(wat("")).compile_async());
    });
    smol::block_on(async { PluginBuilder::new(wat("")).compile_async().await.unwrap() });
}
