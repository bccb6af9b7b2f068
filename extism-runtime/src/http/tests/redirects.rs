use std::{io::Write as _, net::TcpStream, time::Instant};

use super::server::{GUARD, Received, Server, get, get_with, hosts, ok, redirect};
use crate::{
    http::{AllowedHosts, HttpError, HttpPolicy, response::HttpResponse, send},
    manifest::HttpRequest,
};

/// Starts a server that redirects `/start` and answers every other path.
fn redirecting(status: u16, location: impl Into<String>) -> Server {
    let location = location.into();
    Server::start(move |stream: &mut TcpStream, request: &Received| {
        let start = request.line.contains("/start");
        let answer = if start { redirect(status, &location) } else { ok("", "end") };
        let _ = stream.write_all(answer.as_bytes());
    })
}

/// Sends a request with credentials and a body.
fn post(url: &str, method: &str, allowed: &AllowedHosts) -> Result<HttpResponse, HttpError> {
    let request = HttpRequest::new(url)
        .with_method(method)
        .with_header("Authorization", "a")
        .with_header("Content-Type", "text/plain")
        .with_header("Cookie", "c")
        .with_header("X-Key", "k");
    let mut policy = HttpPolicy::new(allowed);
    policy.deadline = Some(Instant::now() + GUARD);
    send(&request, Some(b"body"), &policy)
}

#[test]
fn redirects_are_followed() {
    for status in [301, 302, 303, 307, 308] {
        let server = redirecting(status, "/end?a=b");
        assert_eq!(get(&server.url("/start")).unwrap().body, b"end");
        assert_eq!(server.next_request().line, "GET /start HTTP/1.1");
        assert_eq!(server.next_request().line, "GET /end?a=b HTTP/1.1");
    }
}

#[test]
fn other_responses_with_a_location_are_none() {
    for status in [201, 300, 304, 305] {
        let server = redirecting(status, "/end");
        assert_eq!(get(&server.url("/start")).unwrap().status, status);
    }
    let server = Server::saying("HTTP/1.1 302 Moved\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(get(&server.url("/")).unwrap().status, 302);
}

#[test]
fn a_post_becomes_a_get_where_the_standard_says_so() {
    let cases = [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (301, "PUT", "PUT"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
    ];
    for (status, method, then) in cases {
        let server = redirecting(status, "/end");
        post(&server.url("/start"), method, &AllowedHosts::Any).unwrap();
        server.next_request();
        let host = format!("host: {}", server.address);
        let (body, length): (_, &[&str]) =
            if then == "GET" { ("", &[]) } else { ("body", &["content-length: 4", "content-type: text/plain"]) };
        let headers = [&["authorization: a"], length, &["cookie: c", &host, "x-key: k"]].concat();
        let received = server.next_request();
        assert_eq!(received.line, format!("{then} /end HTTP/1.1"), "{status} {method}");
        assert_eq!((received.body.as_str(), received.headers), (body, headers.map_owned()));
    }
}

/// Owned strings, for comparison with what was received.
trait MapOwned {
    fn map_owned(&self) -> Vec<String>;
}

impl MapOwned for [&str] {
    fn map_owned(&self) -> Vec<String> {
        self.iter().map(ToString::to_string).collect()
    }
}

#[test]
fn another_origin_does_not_get_the_login() {
    let target = Server::saying(ok("", "other"));
    let server = redirecting(307, target.url("/"));
    let response = post(&server.url("/start"), "POST", &hosts(&["127.0.0.1"])).unwrap();
    assert_eq!(response.body, b"other");
    let host = format!("host: {}", target.address);
    let expected = ["content-length: 4", "content-type: text/plain", &host, "x-key: k"].map_owned();
    assert_eq!(target.next_request().headers, expected);
}

#[test]
fn a_redirect_cannot_log_in() {
    let target = Server::saying(ok("", ""));
    let server = redirecting(302, format!("http://user:password@{}/", target.address));
    get(&server.url("/start")).unwrap();
    assert_eq!(target.next_request().headers, [format!("host: {}", target.address)]);
}

#[test]
fn a_redirect_to_a_host_that_is_not_allowed_is_refused() {
    let target = Server::saying(ok("", ""));
    let port = target.address.port();
    for host in ["localhost", "LOCALHOST", "[::1]", "0.0.0.0", "127.0.0.2"] {
        for form in
            [format!("http://{host}:{port}/x"), format!("//{host}:{port}"), format!("http://127.0.0.1@{host}:{port}")]
        {
            let server = redirecting(302, &form);
            match post(&server.url("/start"), "GET", &hosts(&["127.0.0.1"])) {
                Err(HttpError::NotAllowed { host: named, url, from }) => {
                    assert_eq!(named, format!("{}:{port}", host.to_lowercase()), "{form}");
                    assert!(url.starts_with(&format!("http://{named}/")), "{url}");
                    assert_eq!(from, Some(server.url("/start")));
                }
                other => panic!("{form}: {other:?}"),
            }
        }
    }
    assert_eq!(target.count(), 0);
}

#[test]
fn a_redirect_to_a_port_that_is_not_allowed_is_refused() {
    let target = Server::saying(ok("", ""));
    let server = redirecting(302, target.url("/"));
    let only = format!("127.0.0.1:{}", server.address.port());
    let result = post(&server.url("/start"), "GET", &hosts(&[&only]));
    assert!(matches!(result, Err(HttpError::NotAllowed { host, .. }) if host == target.address.to_string()));
    assert_eq!(target.count(), 0);
}

#[test]
fn the_second_redirect_is_checked_too() {
    let target = Server::saying(ok("", ""));
    let second = redirecting(302, format!("http://localhost:{}/", target.address.port()));
    let first = redirecting(302, second.url("/start"));
    let result = post(&first.url("/start"), "GET", &hosts(&["127.0.0.1"]));
    assert!(matches!(result, Err(HttpError::NotAllowed { from, .. }) if from == Some(second.url("/start"))));
    assert_eq!(target.count(), 0);
}

#[test]
fn a_redirect_to_another_scheme_is_refused() {
    for (location, scheme) in [("file:///etc/passwd", "file"), ("ftp://a/", "ftp"), ("javascript:x", "javascript")] {
        let server = redirecting(302, location);
        let result = get(&server.url("/start"));
        assert!(matches!(result, Err(HttpError::Scheme { scheme: s }) if s == scheme), "{location}");
    }
}

#[test]
fn a_redirect_to_what_is_no_url_is_an_error() {
    for location in ["http://a b/", "http://[::1", "http://999.1.1.1/"] {
        let server = redirecting(302, location);
        let result = get(&server.url("/start"));
        assert!(matches!(result, Err(HttpError::Redirect { url, .. }) if url == server.url("/start")), "{location}");
    }
}

#[test]
fn redirects_for_ever_end() {
    let server = redirecting(302, "/start");
    let result = get(&server.url("/start"));
    assert!(matches!(result, Err(HttpError::TooManyRedirects { url, limit: 10 }) if url == server.url("/start")));
    // The first request and ten redirects.
    assert_eq!((0..11).map(|_| server.next_request().line).collect::<Vec<_>>(), ["GET /start HTTP/1.1"; 11]);
    assert_eq!(server.count(), 0);

    let none = get_with(&server.url("/start"), |policy| policy.max_redirects = 0);
    assert!(matches!(none, Err(HttpError::TooManyRedirects { limit: 0, .. })));
}
