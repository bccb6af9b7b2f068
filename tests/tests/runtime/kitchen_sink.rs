//! Tests every feature of a PDK, with the guest that uses them all.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    thread,
    time::Duration,
};

use extism_runtime::{Error, Json, Manifest, Plugin, codec::Msgpack, error::HttpError, manifest::MemoryOptions};
use serde_json::{Value, json};

use crate::guest;

fn manifest() -> Manifest {
    Manifest::new([guest("kitchen_sink.wasm")])
}

fn sink() -> Plugin {
    Plugin::new(manifest()).unwrap()
}

#[test]
fn config_and_variables() {
    let mut plugin = Plugin::new(manifest().with_config_key("colour", "green")).unwrap();
    assert_eq!(plugin.call::<_, &str>("config_get", "colour").unwrap(), "\"green\"");
    assert_eq!(plugin.call::<_, &str>("config_get", "none").unwrap(), "null");
    plugin.call::<_, ()>("var_set", b"key\n\xff\x00").unwrap();
    assert_eq!(plugin.call::<_, &[u8]>("var_get", "key").unwrap(), b"\xff\x00");
    plugin.call::<_, ()>("var_remove", "key").unwrap();
    assert_eq!(plugin.call::<_, &[u8]>("var_get", "key").unwrap(), b"");
    let error = plugin.call::<_, ()>("var_set_then_panic", "kept\nvalue").unwrap_err();
    assert!(matches!(error, Error::Trap { .. }), "{error}");
    assert_eq!(plugin.call::<_, &str>("var_get", "kept").unwrap(), "value");
}

#[test]
fn errors_and_panics() {
    let mut plugin = sink();
    for code in [1, -1, 77, 0] {
        let error = plugin.call::<_, ()>("fail", Json(json!({"message": "why", "code": code}))).unwrap_err();
        let Error::Guest { code: found, message, .. } = error else { panic!("{error}") };
        assert_eq!((found, message.as_str()), (code, "why"));
    }
    let error = plugin.call::<_, ()>("panic", "the reason").unwrap_err();
    let Error::Trap { trap, .. } = &error else { panic!("{error}") };
    assert!(trap.backtrace.iter().any(|frame| frame.name.as_deref().is_some_and(|name| name.contains("panic"))));
    assert_eq!(plugin.call::<_, &str>("greet", "World").unwrap(), "Hello, World!");
}

#[test]
fn loops_recursion_and_growth_end_at_their_limits() {
    let mut plugin = Plugin::new(
        manifest().with_timeout(Duration::from_millis(50)).with_memory_options(MemoryOptions::new().with_max_pages(60)),
    )
    .unwrap();
    assert!(matches!(plugin.call::<_, ()>("loop_forever", ()), Err(Error::Timeout { .. })));
    assert!(matches!(plugin.call::<_, ()>("recurse", "100000000"), Err(Error::Trap { .. })));
    let grown = plugin.call::<_, Value>("grow_memory", "8").unwrap();
    assert_eq!(grown["grown"], true);
    assert_eq!(plugin.call::<_, Value>("grow_memory", "60").unwrap()["grown"], false);
    assert_eq!(plugin.call::<_, &str>("alloc_kernel", "100000").unwrap(), "100000");
    assert!(!plugin.call::<_, &str>("recurse", "10").unwrap().is_empty());
}

#[test]
fn memory_handles_and_reuse() {
    let mut plugin = sink();
    let handles = plugin.call::<_, Value>("memory_handles", "hello").unwrap();
    let expected =
        json!({"length": 5, "found": true, "length_inside": 0, "length_freed": 0, "length_null": 0, "empty": 0});
    assert_eq!(handles, expected);
    // Ten megabytes in total, in the one that the memory has at first.
    let highest: u64 = plugin.call::<_, String>("alloc_and_free", "5000").unwrap().parse().unwrap();
    assert!(highest < 16 << 16, "freed blocks are used again before the memory grows: {highest}");
}

#[test]
fn codecs_reach_the_guest_as_it_expects_them() {
    let mut plugin = sink();
    let numbers = json!({"name": "three", "values": [1, 2, 3]});
    assert_eq!(plugin.call::<_, Value>("sum_json", &numbers).unwrap(), json!({"name": "three", "sum": 6}));
    let Msgpack((name, sum)) = plugin.call::<_, Msgpack<(String, i64)>>("sum_msgpack", Msgpack(numbers)).unwrap();
    assert_eq!((name.as_str(), sum), ("three", 6));
    assert_eq!(plugin.call::<_, &str>("repeat", Json(("ab", 3))).unwrap(), "ababab");
    assert_eq!(plugin.call::<_, i32>("double_i32", 21).unwrap(), 42);
    assert_eq!(plugin.call::<_, i64>("double_i64", -21_i64).unwrap(), -42);
    assert_eq!(plugin.call::<_, f32>("half_f32", 5_f32).unwrap(), 2.5);
    assert_eq!(plugin.call::<_, f64>("half_f64", -5_f64).unwrap(), -2.5);
}

/// Answers one request with the request itself, in the body and in a header.
pub(crate) fn serve_once() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/path?q=1", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            reader.read_line(&mut head).unwrap();
        }
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        let mark = head.to_lowercase().contains("x-mark: 7");
        let first = head.lines().next().unwrap();
        let answer = format!("{first}|{mark}|{}", String::from_utf8(body).unwrap());
        let mut stream = reader.into_inner();
        write!(stream, "HTTP/1.1 418 Teapot\r\nX-Answer: Yes\r\nContent-Length: {}\r\n\r\n{answer}", answer.len())
            .unwrap();
    });
    url
}

#[test]
fn http_requests_carry_method_headers_and_body_both_ways() {
    let mut plugin = Plugin::new(manifest().with_allowed_host("127.0.0.1")).unwrap();
    let request = json!({"url": serve_once(), "method": "POST", "headers": {"X-Mark": "7"}, "body": "data"});
    let response = plugin.call::<_, Value>("http_request", request).unwrap();
    assert_eq!(response["status"], 418);
    assert_eq!(response["body"], "POST /path?q=1 HTTP/1.1|true|data");
    assert_eq!(response["headers"]["x-answer"], "Yes");
}

#[test]
fn an_http_response_over_its_limit_ends_the_call() {
    let memory = MemoryOptions::new().with_max_http_response_bytes(10);
    let mut plugin = Plugin::new(manifest().with_allowed_host("127.*").with_memory_options(memory)).unwrap();
    let error = plugin.call::<_, ()>("http_request", json!({"url": serve_once()})).unwrap_err();
    let Error::HostFunction { source, .. } = &error else { panic!("{error}") };
    assert!(matches!(source.downcast_ref(), Some(HttpError::TooLarge { limit: 10, .. })), "{error}");
}

#[test]
fn an_http_request_ends_at_the_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let manifest = manifest().with_allowed_host("127.0.0.1").with_timeout(Duration::from_millis(150));
    let error = Plugin::new(manifest).unwrap().call::<_, ()>("http_request", json!({"url": url})).unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
}

#[test]
fn an_http_request_is_cancelled() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut plugin = Plugin::new(manifest().with_allowed_host("127.0.0.1")).unwrap();
    let handle = plugin.cancel_handle();
    let caller = thread::spawn(move || plugin.call::<_, ()>("http_request", json!({"url": url})));
    // The request is under way once the server has been reached.
    let _connection = listener.accept().unwrap();
    assert!(handle.cancel());
    assert!(matches!(caller.join().unwrap(), Err(Error::Cancelled { .. })));
}
