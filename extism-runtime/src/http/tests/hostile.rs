//! Malicious servers. Tests assert no times, only that requests end.

use std::{
    io::Write as _,
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::server::{GUARD, Server, get, get_with, ok, wait_for_close};
use crate::{
    http::{Account, AllowedHosts, HttpError, HttpPolicy, Target, send, wait::Wait},
    manifest::HttpRequest,
    shares::{MAX_CONNECTING, Share},
};

/// The deadline of requests that are expected to miss it.
const SOON: Duration = Duration::from_millis(300);

/// Asserts that the request to `url` ends at its deadline.
fn assert_times_out(url: &str) {
    let deadline = Instant::now() + SOON;
    let result = get_with(url, |policy| policy.deadline = Some(deadline));
    assert!(matches!(result, Err(HttpError::Timeout)), "{result:?}");
    assert!(Instant::now() >= deadline);
}

/// Asserts that the request to `url` ends when it is cancelled.
fn assert_is_cancelled(url: &str) {
    let flag = Arc::new(AtomicBool::new(false));
    let canceller = {
        let flag = Arc::clone(&flag);
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(100));
            flag.store(true, Ordering::Relaxed);
        })
    };
    let result = get_with(url, |policy| policy.cancelled = Arc::new(move || flag.load(Ordering::Relaxed)));
    assert!(matches!(result, Err(HttpError::Cancelled)), "{result:?}");
    canceller.join().unwrap();
}

#[test]
fn a_server_that_never_answers() {
    let server = Server::saying_then_silent("");
    assert_times_out(&server.url("/"));
    assert_is_cancelled(&server.url("/"));
}

#[test]
fn a_server_that_never_accepts() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    assert_times_out(&url);
    assert_is_cancelled(&url);
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_that_never_answers_to_a_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // Once this many connections are waiting to be accepted, the system ignores others.
    let fill = |_| TcpStream::connect_timeout(&address, Duration::from_millis(100)).ok();
    let waiting: Vec<_> = (0..5000).map_while(fill).collect();
    assert!(waiting.len() < 5000);
    assert_times_out(&format!("http://{address}/"));
    assert_is_cancelled(&format!("http://{address}/"));
}

/// Returns all the connections that an account allows.
fn all_of(account: &Arc<Account>) -> Vec<impl Sized + use<>> {
    let target = Target::parse("http://localhost/").unwrap();
    let mut held = Vec::new();
    loop {
        let wait = Wait::new(Instant::now() + Duration::from_millis(50), Arc::new(|| false));
        match account.open(&target, &wait) {
            Ok(places) => held.push(places),
            Err(error) => {
                assert!(matches!(error, HttpError::TooManyConnections { own: false, .. }), "{error}");
                return held;
            }
        }
    }
}

#[test]
fn threads_that_one_plugin_left_behind_leave_some_for_the_others() {
    let server = Server::saying(ok("", ""));
    let mut held = Vec::new();
    for _ in 0..3 {
        let greedy = Account::new(usize::MAX, Share::of_descriptors());
        held.push(all_of(&greedy));
        let count = held.last().map_or(0, Vec::len);
        assert!((1..=MAX_CONNECTING / 2).contains(&count), "{count}");
        let result = get_with(&server.url("/"), |policy| policy.account = Arc::clone(&greedy));
        assert!(matches!(result, Err(HttpError::TooManyConnections { own: false, .. })), "{result:?}");
        assert_eq!(get(&server.url("/")).unwrap().status, 200);
    }
}

#[test]
fn a_plugin_has_no_more_connections_than_it_may() {
    let server = Server::saying(ok("", ""));
    let account = Account::new(1, Share::of_descriptors());
    let wait = Wait::new(Instant::now() + GUARD, Arc::new(|| false));
    let held = account.open(&Target::parse("http://localhost/").unwrap(), &wait).unwrap();
    let request = || {
        get_with(&server.url("/"), |policy| {
            policy.account = Arc::clone(&account);
            policy.deadline = Some(Instant::now() + SOON);
        })
    };
    let error = request().unwrap_err();
    let expected = "no connection is available: the plug-in already has 1, its limit; raise it with \
                    `PluginBuilder::with_max_connections` if it may have more";
    assert_eq!(error.to_string(), expected);
    drop(held);
    // The first connection becomes free when its response has been read.
    for _ in 0..3 {
        assert_eq!(get_with(&server.url("/"), |policy| policy.account = Arc::clone(&account)).unwrap().status, 200);
    }
}

#[test]
fn a_server_that_never_reads() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let body = vec![0; 64 << 20];
    let mut policy = HttpPolicy::new(&AllowedHosts::Any);
    policy.deadline = Some(Instant::now() + SOON);
    let result = send(&HttpRequest::new(url).with_method("POST"), Some(&body), &policy);
    assert!(matches!(result, Err(HttpError::Timeout)), "{result:?}");
}

#[test]
fn a_server_that_stops_in_the_headers_or_the_body() {
    for start in ["HTTP/1.1 200 OK\r\nx: y\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab"] {
        let server = Server::saying_then_silent(start);
        assert_times_out(&server.url("/"));
        assert_is_cancelled(&server.url("/"));
    }
}

#[test]
fn a_server_that_trickles() {
    let pause = Duration::from_millis(10);
    for (start, piece) in [("", "H"), ("HTTP/1.1 200 OK\r\nx: ", "y"), ("HTTP/1.1 200 OK\r\n\r\n", "z")] {
        let server = Server::repeating(start, piece, pause);
        if start.is_empty() {
            // `HH` already cannot be HTTP.
            assert!(matches!(get(&server.url("/")), Err(HttpError::Protocol { .. })));
        } else {
            assert_times_out(&server.url("/"));
            assert_is_cancelled(&server.url("/"));
        }
    }
}

#[test]
fn endless_informational_responses() {
    for piece in ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n"] {
        let slow = Server::repeating("", piece, Duration::from_millis(10));
        assert_times_out(&slow.url("/"));
        assert_is_cancelled(&slow.url("/"));
        let fast = Server::repeating("", piece.repeat(100), Duration::ZERO);
        let error = get(&fast.url("/")).unwrap_err();
        assert!(matches!(&error, HttpError::HeadTooLarge { url, limit: 65536 } if *url == fast.url("/")), "{error:?}");
    }
}

#[test]
fn endless_headers() {
    let one = ("HTTP/1.1 200 OK\r\nx: ", "y".repeat(1000));
    let many = ("HTTP/1.1 200 OK\r\n", format!("x: {}\r\n", "y".repeat(10_000)));
    for (start, piece) in [one, many] {
        let server = Server::repeating(start, piece, Duration::ZERO);
        let error = get(&server.url("/")).unwrap_err();
        assert!(
            matches!(&error, HttpError::HeadTooLarge { url, limit: 65536 } if *url == server.url("/")),
            "{error:?}"
        );
    }
    let short = Server::repeating("HTTP/1.1 200 OK\r\n", "x:y\r\n", Duration::ZERO);
    assert!(matches!(get(&short.url("/")), Err(HttpError::Protocol { .. })));
}

#[test]
fn an_endless_body() {
    let chunk = format!("fff\r\n{}\r\n", "x".repeat(0xfff));
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    for (start, piece) in [("HTTP/1.1 200 OK\r\n\r\n", "x".repeat(4096)), (chunked, chunk)] {
        let server = Server::repeating(start, piece, Duration::ZERO);
        let result = get_with(&server.url("/"), |policy| policy.max_response_bytes = 1 << 20);
        assert!(
            matches!(&result, Err(HttpError::TooLarge { url, limit: 0x10_0000 }) if *url == server.url("/")),
            "{result:?}"
        );
    }
}

#[test]
fn an_announced_body_that_is_too_long_is_not_read() {
    let server = Server::saying_then_silent("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n");
    let result = get_with(&server.url("/"), |policy| policy.max_response_bytes = 5);
    assert!(matches!(result, Err(HttpError::TooLarge { limit: 5, .. })), "{result:?}");
}

#[test]
fn endless_chunk_extensions() {
    let start = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;";
    let server = Server::repeating(start, "x".repeat(1000), Duration::ZERO);
    let error = get(&server.url("/")).unwrap_err();
    assert!(matches!(error, HttpError::Protocol { .. }), "{error:?}");
}

#[test]
fn chunks_of_absurd_sizes() {
    for size in ["ffffffffffffffff", "fffffffffffffffffffffffff", "-1", "x"] {
        let answer = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{size}\r\nabc");
        let server = Server::saying(answer);
        let error = get(&server.url("/")).unwrap_err();
        assert!(matches!(error, HttpError::Protocol { .. }), "{size}: {error:?}");
    }
}

#[test]
fn contradictory_lengths() {
    for lengths in ["content-length: 1\r\ncontent-length: 2", "content-length: 1x", "content-length: -1"] {
        let server = Server::saying(format!("HTTP/1.1 200 OK\r\n{lengths}\r\n\r\nabc"));
        let error = get(&server.url("/")).unwrap_err();
        assert!(matches!(error, HttpError::Protocol { .. }), "{lengths}: {error:?}");
    }
}

#[test]
fn a_body_that_ends_too_early() {
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
    ] {
        let server = Server::saying(answer);
        let error = get(&server.url("/")).unwrap_err();
        assert!(matches!(error, HttpError::Protocol { .. }), "{error:?}");
    }
}

#[test]
fn a_connection_that_closes_at_once() {
    let server = Server::saying("");
    let error = get(&server.url("/")).unwrap_err();
    assert!(matches!(error, HttpError::Protocol { .. }), "{error:?}");
}

#[test]
fn a_server_that_does_not_speak_tls() {
    let answering = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = answering.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in answering.incoming().map_while(Result::ok) {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            wait_for_close(&mut stream);
        }
    });
    let error = get(&format!("https://{address}/")).unwrap_err();
    assert!(matches!(&error, HttpError::Tls { url, .. } if *url == format!("https://{address}/")), "{error:?}");

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", silent.local_addr().unwrap());
    assert_times_out(&url);
    assert_is_cancelled(&url);
}

#[test]
fn a_deadline_in_the_past_sends_nothing() {
    let server = Server::saying(ok("", ""));
    let result = get_with(&server.url("/"), |policy| policy.deadline = Some(Instant::now()));
    assert!(matches!(result, Err(HttpError::Timeout)), "{result:?}");
    let result = get_with(&server.url("/"), |policy| policy.cancelled = Arc::new(|| true));
    assert!(matches!(result, Err(HttpError::Cancelled)), "{result:?}");
    assert_eq!(server.count(), 0);
}
