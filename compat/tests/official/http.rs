//! Requests to a server of the test's own.
#![cfg(feature = "http")]

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
    time::Duration,
};

use extism::{Manifest, PluginBuilder, Wasm, convert::Json};
use serde_json::{Value, json};

use crate::guest;

/// A server that answers each request with its body, and the address it listens at.
fn server(delay: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            thread::spawn(move || {
                let (mut head, mut byte) = (Vec::new(), [0]);
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                    head.push(byte[0]);
                }
                let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
                let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next());
                let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
                stream.read_exact(&mut body).unwrap();
                thread::sleep(delay);
                let start = "HTTP/1.1 201 Created\r\ncontent-type: text/x-test\r\nconnection: close\r\n";
                let _ = write!(stream, "{start}content-length: {}\r\n\r\n", body.len());
                let _ = stream.write_all(&body);
            });
        }
    });
    format!("http://{address}")
}

fn send(manifest: Manifest, url: &str, headers: bool) -> Result<Value, extism::Error> {
    let mut plugin = PluginBuilder::new(manifest).with_wasi(true).with_http_response_headers(headers).build().unwrap();
    let input = json!({"url": url, "method": "POST", "body": "testing 123..."});
    plugin.call("http_request", Json(input)).map(|Json(response)| response)
}

#[test]
fn a_host_that_is_not_allowed_is_an_error() {
    let error = send(guest("kitchen_sink"), "http://127.0.0.1:9/", true).unwrap_err();
    let cause = error.root_cause().to_string();
    assert_eq!(cause, "HTTP request to http://127.0.0.1:9/ is not allowed");
}

#[test]
fn requests_have_bodies_and_responses_have_headers_if_they_are_allowed() {
    let url = server(Duration::ZERO);
    let manifest = guest("kitchen_sink").with_allowed_host("127.0.0.1");
    let response = send(manifest.clone(), &url, true).unwrap();
    assert_eq!((&response["status"], &response["body"]), (&json!(201), &json!("testing 123...")), "{response}");
    assert_eq!(response["headers"]["content-type"], "text/x-test", "{response}");
    let response = send(manifest, &url, false).unwrap();
    assert_eq!((&response["status"], &response["headers"]), (&json!(201), &json!({})), "{response}");
}

#[test]
fn a_request_ends_at_the_timeout() {
    let url = server(Duration::from_secs(20));
    let manifest = guest("kitchen_sink").with_allowed_host("127.0.0.1").with_timeout(Duration::from_millis(100));
    let error = send(manifest, &url, true).unwrap_err();
    assert_eq!(error.root_cause().to_string(), "timeout");
}

#[test]
fn modules_are_downloaded() {
    let url = server(Duration::ZERO);
    let error = PluginBuilder::new(Manifest::new([Wasm::url(&url)])).build().unwrap_err();
    // The server returns nothing, which is no module.
    assert!(error.to_string().contains("not a WebAssembly module: it is empty"), "{error}");
}
