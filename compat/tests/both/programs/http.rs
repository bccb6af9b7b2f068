//! A program whose plug-in sends requests, to a server of its own.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use extism::{convert::Json, *};
use serde::{Deserialize, Serialize};

use super::{Output, guest};

#[derive(Serialize)]
struct Request<'a> {
    url: &'a str,
    method: &'a str,
    headers: std::collections::BTreeMap<&'a str, &'a str>,
    body: &'a str,
}

#[derive(Debug, Deserialize)]
struct Response {
    status: u16,
    headers: std::collections::BTreeMap<String, String>,
    body: String,
}

/// Answers each request with its first line, its own header `x-test`, and its body.
fn server() -> String {
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
                let head = String::from_utf8_lossy(&head).into_owned();
                let value = |name: &str| {
                    let lower = head.to_ascii_lowercase();
                    lower
                        .split(&format!("\r\n{name}: "))
                        .nth(1)
                        .and_then(|rest| rest.split("\r\n").next())
                        .map(str::to_owned)
                };
                let mut body = vec![0; value("content-length").map_or(0, |length| length.parse().unwrap())];
                stream.read_exact(&mut body).unwrap();
                let line = head.lines().next().unwrap_or_default();
                let text = format!("{line}|{}|{}", value("x-test").unwrap_or_default(), String::from_utf8_lossy(&body));
                let status = if line.contains("/missing") { "404 Not Found" } else { "201 Created" };
                let start =
                    format!("HTTP/1.1 {status}\r\nX-Answer: Yes\r\ncontent-type: text/x-test\r\nconnection: close");
                let _ = write!(stream, "{start}\r\ncontent-length: {}\r\n\r\n{text}", text.len());
            });
        }
    });
    format!("http://{address}")
}

pub(crate) fn run(out: &mut Output) {
    let url = server();
    let allowed = guest("kitchen_sink.wasm").with_allowed_host("127.0.0.*");
    for (manifest, headers) in [(allowed.clone(), true), (allowed.clone(), false)] {
        let mut plugin =
            PluginBuilder::new(manifest).with_wasi(true).with_http_response_headers(headers).build().unwrap();
        for (method, path, body) in [("GET", "/", ""), ("post", "/a?b=c", "posted"), ("PUT", "/missing", "x")] {
            let request = Request { url: &format!("{url}{path}"), method, headers: [("X-Test", "Value")].into(), body };
            let response: Result<Json<Response>, Error> = plugin.call("http_request", Json(request));
            match response {
                Ok(Json(response)) => say!(out, "{} {:?} {}", response.status, response.headers, response.body),
                Err(error) => say!(out, "{}", error.root_cause().to_string().replace(&url, "URL")),
            }
        }
    }
    let mut small = allowed.clone();
    small.memory.max_http_response_bytes = Some(4);
    for manifest in [guest("kitchen_sink.wasm"), guest("kitchen_sink.wasm").with_allowed_host("example.com"), small] {
        let mut plugin = Plugin::new(manifest, [], true).unwrap();
        let request = Request { url: &url, method: "GET", headers: Default::default(), body: "" };
        let (error, code) = plugin.call_get_error_code::<_, ()>("http_request", Json(request)).unwrap_err();
        say!(out, "{code} {}", error.root_cause().to_string().replace(&url, "URL"));
    }
}
