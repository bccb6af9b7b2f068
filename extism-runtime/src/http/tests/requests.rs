use std::{collections::BTreeMap, io::Write as _, time::Instant};

use super::server::{GUARD, Server, get, get_with, hosts, ok};
use crate::{
    http::{AllowedHosts, HttpError, HttpPolicy, parse_request, response::HttpResponse, send, send_with_progress},
    manifest::HttpRequest,
};

fn policy(allowed: &AllowedHosts) -> HttpPolicy<'_> {
    let mut policy = HttpPolicy::new(allowed);
    policy.deadline = Some(Instant::now() + GUARD);
    policy
}

fn send_any(request: &HttpRequest, body: Option<&[u8]>) -> Result<HttpResponse, HttpError> {
    send(request, body, &policy(&AllowedHosts::Any))
}

fn headers(headers: &[(&str, &str)]) -> BTreeMap<String, String> {
    headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

#[test]
fn a_request_gets_its_response() {
    let server = Server::saying(ok("X-Answer: 42\r\n", "hello"));
    let host = format!("host: {}", server.address);
    let request = HttpRequest::new(server.url("/a?b=c#d")).with_header("X-Key", "v");
    let response = send(&request, None, &policy(&hosts(&["127.0.0.1"]))).unwrap();

    let expected = headers(&[("content-length", "5"), ("x-answer", "42")]);
    assert_eq!(response, HttpResponse { status: 200, headers: expected, body: b"hello".to_vec() });
    let received = server.next_request();
    assert_eq!(received.line, "GET /a?b=c HTTP/1.1");
    assert_eq!(received.headers, [host, "x-key: v".to_owned()]);
    let agent = concat!("user-agent: extism-runtime/", env!("CARGO_PKG_VERSION"));
    assert_eq!(received.usual, ["accept-encoding: identity", "accept: */*", agent]);
}

#[test]
fn any_method_sends_a_body() {
    for method in ["post", "PUT", "PATCH", "DELETE", "GET", "PROPFIND"] {
        let server = Server::saying(ok("", ""));
        let host = format!("host: {}", server.address);
        let request = HttpRequest::new(server.url("/")).with_method(method);
        send_any(&request, Some(b"body")).unwrap();
        let received = server.next_request();
        assert_eq!(received.line, format!("{} / HTTP/1.1", method.to_uppercase()));
        assert_eq!(received.headers, ["content-length: 4".to_owned(), host]);
        assert_eq!(received.body, "body");
    }
}

#[test]
fn a_missing_body_has_a_length_where_the_method_means_one() {
    for (method, length) in [("POST", Some("content-length: 0")), ("GET", None), ("DELETE", None)] {
        let server = Server::saying(ok("", ""));
        let host = format!("host: {}", server.address);
        send_any(&HttpRequest::new(server.url("/")).with_method(method), None).unwrap();
        let expected: Vec<_> = length.map(str::to_owned).into_iter().chain([host]).collect();
        assert_eq!(server.next_request().headers, expected, "{method}");
    }
}

#[test]
fn a_large_body_is_sent_whole() {
    let server = Server::start(|stream, request| {
        let _ = stream.write_all(ok("", &request.body).as_bytes());
    });
    let body = "0123456789".repeat(300_000);
    let request = HttpRequest::new(server.url("/")).with_method("POST");
    let response = send_any(&request, Some(body.as_bytes())).unwrap();
    assert!(response.body == body.as_bytes());
}

#[test]
fn a_status_is_no_error() {
    for status in [204, 304, 400, 404, 500, 599] {
        let body = if status < 400 { "" } else { "why" };
        let length = if status < 400 { "" } else { "content-length: 3\r\n" };
        let server = Server::saying(format!("HTTP/1.1 {status} X\r\n{length}\r\n{body}"));
        let response = get(&server.url("/")).unwrap();
        assert_eq!((response.status, response.body.as_slice()), (status, body.as_bytes()));
    }
}

#[test]
fn headers_of_one_name_are_joined() {
    let answer = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nX-B: \xc3\xa9\r\nX-C: \xe9\r\ncontent-length: 0\r\n\r\n";
    let server = Server::saying(answer.as_slice());
    let expected = headers(&[("content-length", "0"), ("x-a", "1, 2"), ("x-b", "\u{e9}"), ("x-c", "\u{e9}")]);
    assert_eq!(get(&server.url("/")).unwrap().headers, expected);
}

#[test]
fn bodies_come_in_every_framing() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
    for answer in [chunked, "HTTP/1.1 200 OK\r\n\r\nabcde", "HTTP/1.0 200 OK\r\n\r\nabcde"] {
        let server = Server::saying(answer);
        assert_eq!(get(&server.url("/")).unwrap().body, b"abcde", "{answer}");
    }
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n");
    let head = HttpRequest::new(server.url("/")).with_method("HEAD");
    let mut policy = policy(&AllowedHosts::Any);
    policy.max_response_bytes = 10;
    let response = send(&head, None, &policy).unwrap();
    assert_eq!((response.headers, response.body), (headers(&[("content-length", "99")]), Vec::new()));
}

#[test]
fn informational_responses_are_skipped() {
    let server = Server::saying(format!("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n{}", ok("", "x")));
    assert_eq!(get(&server.url("/")).unwrap().body, b"x");
}

#[test]
fn a_user_in_the_url_logs_in() {
    let server = Server::saying(ok("", ""));
    let host = format!("host: {}", server.address);
    let url = format!("http://us%40er:p%3Aw@{}/", server.address);
    get(&url).unwrap();
    assert_eq!(server.next_request().headers, ["authorization: Basic dXNAZXI6cDp3".to_owned(), host.clone()]);

    send_any(&HttpRequest::new(url).with_header("Authorization", "Bearer t"), None).unwrap();
    assert_eq!(server.next_request().headers, ["authorization: Bearer t".to_owned(), host]);
}

#[test]
fn a_guest_cannot_frame_its_message() {
    let server = Server::saying(ok("", ""));
    let host = format!("host: {}", server.address);
    let mut request =
        HttpRequest::new(server.url("/")).with_method("POST").with_header("Host", server.address.to_string());
    for (name, value) in [
        ("Content-Length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "upgrade"),
        ("Upgrade", "websocket"),
        ("Expect", "100-continue"),
        ("TE", "trailers"),
        ("Trailer", "x"),
        ("Keep-Alive", "x"),
        ("Proxy-Connection", "x"),
    ] {
        request = request.with_header(name, value);
    }
    send_any(&request, Some(b"body")).unwrap();
    let received = server.next_request();
    assert_eq!(received.headers, ["content-length: 4".to_owned(), host]);
    assert_eq!(received.body, "body");
}

#[test]
fn another_host_in_a_header_is_refused() {
    let request = HttpRequest::new("http://127.0.0.1:9/").with_header("HOST", "example.com");
    match send_any(&request, None) {
        Err(HttpError::Header { name, .. }) => assert_eq!(name, "HOST"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn wrong_requests_are_refused() {
    let wrong = |request: &HttpRequest| send_any(request, None).unwrap_err();
    let at = |url: &str| HttpRequest::new(url);
    assert!(matches!(wrong(&at("example.com")), HttpError::Url { url, .. } if url == "example.com"));
    assert!(matches!(wrong(&at("http://")), HttpError::Url { .. }));
    assert!(matches!(wrong(&at("http://a b/")), HttpError::Url { .. }));
    assert!(matches!(wrong(&at("http://1.2.3.4.5/")), HttpError::Url { .. }));
    for scheme in ["file", "ftp", "data", "javascript", "unix"] {
        assert!(matches!(wrong(&at(&format!("{scheme}:///a"))), HttpError::Scheme { scheme: s } if s == scheme));
    }
    for method in ["", "G T", "GET\r\n", "connect", "CONNECT", "G\u{e9}T"] {
        let error = wrong(&at("http://127.0.0.1:9").with_method(method));
        assert!(matches!(error, HttpError::Method { method: m } if m == method));
    }
    for (name, value) in [("a b", "c"), ("", "c"), ("a\r\nb", "c"), ("a", "b\r\nc: d"), ("a", "b\0")] {
        let error = wrong(&at("http://127.0.0.1:9").with_header(name, value));
        let shown = name.escape_debug().to_string();
        assert!(matches!(error, HttpError::Header { name: n, .. } if n == shown), "{name:?}");
    }
    let long = format!("http://127.0.0.1:9/{}", "a".repeat(70_000));
    assert!(matches!(wrong(&at(&long)), HttpError::Url { .. }));
}

#[test]
fn a_host_that_is_not_allowed_is_never_reached() {
    let server = Server::saying(ok("", ""));
    let allowed = hosts(&["example.com", "localhost"]);
    match send(&HttpRequest::new(server.url("/secret?key=1")), None, &policy(&allowed)) {
        Err(HttpError::NotAllowed { host, url, from: None }) => {
            assert_eq!((host, url), (server.address.to_string(), server.url("/secret")), "without the query");
        }
        other => panic!("{other:?}"),
    }
    let url = format!("http://{}", server.address);
    match send(&HttpRequest::new(&url), None, &policy(&allowed)) {
        Err(HttpError::NotAllowed { url: named, .. }) => assert_eq!(named, url, "as it was written"),
        other => panic!("{other:?}"),
    }
    assert_eq!(server.count(), 0);
}

#[test]
fn an_ipv6_address_is_reached() {
    let Ok(server) = Server::start_on("[::1]:0".parse().unwrap(), |stream, _| {
        let _ = stream.write_all(ok("", "six").as_bytes());
    }) else {
        return; // This machine does not support IPv6.
    };
    let response = send(&HttpRequest::new(server.url("/")), None, &policy(&hosts(&["::1"]))).unwrap();
    assert_eq!(response.body, b"six");
}

#[test]
fn a_name_is_looked_up() {
    let server = Server::saying(ok("", "x"));
    let url = format!("http://localhost:{}/", server.address.port());
    assert_eq!(get(&url).unwrap().body, b"x");
    // A label may have at most 63 letters, which is checked without a look-up.
    let url = format!("http://{}.invalid/", "a".repeat(64));
    assert!(matches!(get(&url), Err(HttpError::Resolve { .. })));
}

#[test]
fn a_refused_connection_is_an_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    match get(&format!("http://{address}/")) {
        Err(HttpError::Connect { host, source }) => {
            assert_eq!((host, source.kind()), (address.to_string(), std::io::ErrorKind::ConnectionRefused));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn progress_is_told() {
    let server = Server::saying(ok("", "hello"));
    let mut seen = Vec::new();
    let allowed = AllowedHosts::Any;
    let request = HttpRequest::new(server.url("/"));
    send_with_progress(&request, None, &policy(&allowed), &mut |received, total| seen.push((received, total))).unwrap();
    assert_eq!((seen.first(), seen.last()), (Some(&(0, Some(5))), Some(&(5, Some(5)))));
}

#[test]
fn a_body_of_just_the_limit_is_read() {
    let server = Server::saying(ok("", "hello"));
    assert_eq!(get_with(&server.url("/"), |policy| policy.max_response_bytes = 5).unwrap().body, b"hello");
}

#[test]
fn a_guests_json_is_read() {
    let full = parse_request(br#"{"url": "u", "headers": {"a": "b"}, "method": "POST"}"#).unwrap();
    assert_eq!(full, HttpRequest::new("u").with_header("a", "b").with_method("POST"));
    let old = parse_request(br#"{"url": "u", "header": {"a": "b"}}"#).unwrap();
    assert_eq!(old, HttpRequest::new("u").with_header("a", "b"));
    let nulls = parse_request(br#"{"url": "u", "headers": null, "method": null}"#).unwrap();
    assert_eq!(nulls, HttpRequest::new("u"));

    let deep = format!("{{\"url\": {}", "[".repeat(100_000));
    for wrong in ["", "{}", r#"{"url": 1}"#, r#"{"url": "u", "x": 1}"#, r#"{"url": "u", "headers": {"a": 1}}"#, &deep] {
        assert!(matches!(parse_request(wrong.as_bytes()), Err(HttpError::Request { .. })), "{wrong:.40}");
    }
    assert!(matches!(parse_request(b"\xff"), Err(HttpError::Request { .. })));
}

#[test]
fn messages_leave_out_what_may_be_secret() {
    let server = Server::saying("nonsense\r\n\r\n");
    let url = format!("http://user:secret@{}/path?key=secret", server.address);
    let error = get(&url).unwrap_err();
    assert!(matches!(&error, HttpError::Protocol { url, .. } if *url == server.url("/path")), "{error:?}");
    assert!(!error.to_string().contains("secret"), "{error}");
}
