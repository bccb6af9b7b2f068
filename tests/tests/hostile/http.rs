//! Tests malicious servers, and plug-ins that try to reach forbidden hosts, from a plug-in's call to its
//! error. More tests of both are in `extism-runtime/src/http/tests`.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use extism_runtime::{Error, Manifest, Plugin, Wasm, error::HttpError, manifest::MemoryOptions};

use crate::{SOON, assert_works, builder, error_of, failure, wat};

/// The response's body as the output; its status, and its headers.
const GET: &str = r#"
    (func (export "get") (call $give (call $http_request (call $input_offset) (i64.const 0))))
    (func (export "status") (call $give (call $number (i64.extend_i32_s (call $http_status_code)))))
    (func (export "headers") (call $give (call $http_headers)))
    (func (export "for_ever") (loop $again (drop (call $http_request (call $copy) (i64.const 0))) (br $again)))
    (func (export "post") (call $give (call $http_request (call $copy) (call $alloc (i64.const 100000)))))
    (func $copy (result i64) (local $block i64) (local $at i64)
        (local.set $block (call $alloc (call $input_length)))
        (loop $next
            (call $store_u8 (i64.add (local.get $block) (local.get $at)) (call $input_load_u8 (local.get $at)))
            (local.set $at (i64.add (local.get $at) (i64.const 1)))
            (br_if $next (i64.lt_u (local.get $at) (call $input_length))))
        (local.get $block))"#;

/// A plug-in that may reach these hosts.
fn allowed(hosts: &[&str], change: impl FnOnce(Manifest) -> Manifest) -> Plugin {
    let manifest = Manifest::new([Wasm::data(wat(GET))]).with_allowed_hosts(hosts.iter().copied());
    builder(change(manifest)).build().expect("the plug-in builds")
}

fn local() -> Plugin {
    allowed(&["127.0.0.1"], |manifest| manifest)
}

/// One that may reach this machine, with calls that end soon.
fn hurried() -> Plugin {
    allowed(&["127.0.0.1"], |manifest| manifest.with_timeout(SOON))
}

/// A server on loopback that answers each request with a function, until the process ends.
struct Server {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl Server {
    fn start(answer: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let requests = Arc::new(AtomicUsize::new(0));
        let (count, answer) = (Arc::clone(&requests), Arc::new(answer));
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let (count, answer) = (Arc::clone(&count), Arc::clone(&answer));
                thread::spawn(move || {
                    let Ok(other) = stream.try_clone() else { return };
                    let head = BufReader::new(other).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
                    if head.count() > 0 {
                        count.fetch_add(1, Ordering::SeqCst);
                        answer(&mut stream);
                    }
                });
            }
        });
        Self { address, requests }
    }

    fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |stream| drop(stream.write_all(&answer)))
    }

    /// Sends the start, then the same piece again and again.
    fn repeating(start: impl Into<Vec<u8>>, piece: impl Into<Vec<u8>>, pause: Duration) -> Self {
        let (start, piece) = (start.into(), piece.into());
        Self::start(move |stream| {
            let mut open = stream.write_all(&start).is_ok();
            while open {
                thread::sleep(pause);
                open = stream.write_all(&piece).is_ok();
            }
        })
    }

    fn redirecting(location: &str) -> Self {
        Self::saying(format!("HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: {location}\r\n\r\n"))
    }

    fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    fn count(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn request(url: &str) -> Vec<u8> {
    serde_json::json!({ "url": url }).to_string().into_bytes()
}

/// Returns the error of `http_request` for a request.
fn refusal(plugin: &mut Plugin, request: &[u8]) -> String {
    let text = failure(plugin, "get", request);
    text.strip_prefix("host function `http_request`: ").unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[test]
fn servers_that_never_answer_stop_or_trickle_end_at_the_deadline() {
    let second = Duration::from_secs(1);
    let year = Duration::from_secs(31_536_000);
    for (start, piece, pause) in [
        ("", "H", year),
        ("HTTP/1.1 200 OK\r\nx: y", "y", year),
        ("HTTP/1.1 200 OK\r\nx: y", "y", second),
        ("HTTP/1.1 200 OK\r\n", "x: y\r\n", second),
        ("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nab", "c", year),
        ("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nab", "c", second),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "1\r\na\r\n", second),
        ("", "HTTP/1.1 100 Continue\r\n\r\n", Duration::from_millis(10)),
    ] {
        let server = Server::repeating(start, piece, pause);
        let mut plugin = hurried();
        let expected = "timed out after 100ms; raise the manifest's `timeout_ms` if it may take longer";
        assert_eq!(failure(&mut plugin, "get", &request(&server.url())), expected, "{start:?}");
        assert_works(&mut plugin);
    }
}

#[test]
fn a_request_is_cancelled() {
    let server = Server::repeating("HTTP/1.1 200 OK\r\n\r\n", "z", Duration::from_millis(10));
    let mut plugin = local();
    let handle = plugin.cancel_handle();
    let url = server.url();
    let call = thread::spawn(move || error_of(&mut plugin, "get", &request(&url)));
    while !call.is_finished() {
        handle.cancel();
        thread::sleep(Duration::from_millis(1));
    }
    let error = call.join().expect("it ends");
    assert!(matches!(error, Error::Cancelled { .. }), "{error}");
}

#[test]
fn requests_in_a_loop_end_at_the_deadline() {
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    let mut plugin = hurried();
    let expected = "timed out after 100ms; raise the manifest's `timeout_ms` if it may take longer";
    assert_eq!(failure(&mut plugin, "for_ever", &request(&server.url())), expected);
    assert!(server.count() > 0);
    assert_works(&mut plugin);
}

#[test]
fn endless_headers_and_bodies_end_at_the_limits() {
    let mut plugin = allowed(&["127.0.0.1"], |manifest| {
        manifest.with_memory_options(MemoryOptions::new().with_max_http_response_bytes(1 << 20))
    });
    let header = Server::repeating("HTTP/1.1 200 OK\r\nx: ", "y".repeat(1000), Duration::ZERO);
    let url = header.url();
    let expected = format!("the headers of the response from {url} are longer than 65536 bytes");
    assert_eq!(refusal(&mut plugin, &request(&url)), expected);
    let body = Server::repeating("HTTP/1.1 200 OK\r\n\r\n", "y".repeat(1000), Duration::ZERO);
    let url = body.url();
    let used = allocation_counter::measure(|| {
        let expected = format!("the body of the response from {url} is longer than 1048576 bytes");
        assert_eq!(refusal(&mut plugin, &request(&url)), expected);
    });
    assert!(used.bytes_max < 4 << 20, "{used:?}");
    assert_works(&mut plugin);
}

#[test]
fn a_response_that_does_not_fit_the_plugins_memory_is_out_of_memory() {
    let body = "z".repeat(3 << 20);
    let server = Server::saying(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()));
    let mut plugin = allowed(&["127.0.0.1"], |manifest| manifest.with_memory_max(4));
    let expected = "out of memory: host function `http_request`: the plug-in's memory has no room for 3145728 more bytes: a \
                    memory cannot grow to 49 pages: all memories together may grow by 4 pages, and 4 are left; \
                    raise the manifest's `memory.max_pages` if it may use more";
    assert_eq!(failure(&mut plugin, "get", &request(&server.url())), expected);
    assert_works(&mut plugin);
}

#[test]
fn a_decompression_bomb_ends_at_the_limit() {
    // Four megabytes of zeros, compressed with Brotli.
    let bomb = b"\x9b\xff\xff\x3f\xf8\x27\x00\xe2\xb1\x40\x20\xf7\xfe\x07";
    let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: br\r\ncontent-length: {}\r\n\r\n", bomb.len());
    let server = Server::saying([head.as_bytes(), bomb].concat());
    let body = local().call::<_, Vec<u8>>("get", request(&server.url())).expect("it fits the default limit");
    assert!(body.len() == 4 << 20 && body.iter().all(|byte| *byte == 0));
    let memory = extism_runtime::manifest::MemoryOptions::new().with_max_http_response_bytes(1 << 20);
    let mut limited = allowed(&["127.0.0.1"], |manifest| manifest.with_memory_options(memory));
    let expected = format!("the body of the response from {} is longer than 1048576 bytes", server.url());
    assert_eq!(refusal(&mut limited, &request(&server.url())), expected);
}

#[test]
fn redirects_for_ever_are_an_error() {
    let server = Server::redirecting("/again");
    let expected = format!("more than 10 redirects; the last was from {}again", server.url());
    assert_eq!(refusal(&mut local(), &request(&server.url())), expected);
    assert_eq!(server.count(), 11);
}

#[test]
fn redirects_to_where_the_plugin_may_not_are_refused() {
    let target = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let port = target.address.port();
    for (location, shown) in [
        (format!("http://localhost:{port}/"), format!("localhost:{port}")),
        (format!("//localhost:{port}"), format!("localhost:{port}")),
        (format!("http://127.0.0.1@localhost:{port}/"), format!("localhost:{port}")),
        (format!("http://0.0.0.0:{port}/"), format!("0.0.0.0:{port}")),
        (format!("http://[::ffff:127.0.0.1]:{port}/"), format!("[::ffff:7f00:1]:{port}")),
        (format!("HTTP://LOCALHOST.:{port}/"), format!("localhost.:{port}")),
        (format!("http://127.0.0.2:{port}/"), format!("127.0.0.2:{port}")),
        (format!("http://0x7f000002:{port}/"), format!("127.0.0.2:{port}")),
        ("http://169.254.169.254/latest/meta-data".to_owned(), "169.254.169.254".to_owned()),
    ] {
        let server = Server::redirecting(&location);
        let expected = format!(
            "HTTP requests to {shown} are not allowed; add it to the manifest's `allowed_hosts` to allow them \
             ({} redirects to it)",
            server.url()
        );
        assert_eq!(refusal(&mut local(), &request(&server.url())), expected, "{location}");
    }
    for (location, scheme) in [("file:///etc/passwd", "file"), ("ftp://127.0.0.1/", "ftp"), ("data:,x", "data")] {
        let server = Server::redirecting(location);
        let expected = format!("a URL must start with http or https, not with {scheme}");
        assert_eq!(refusal(&mut local(), &request(&server.url())), expected);
    }
    assert_eq!(target.count(), 0);
}

#[test]
fn hosts_that_are_not_allowed_are_refused_however_they_are_written() {
    let target = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let port = target.address.port();
    let mut plugin = allowed(&["example.com", "*.example.com", "localhost:1"], |manifest| manifest);
    for (url, shown) in [
        (format!("http://127.0.0.1:{port}/"), format!("127.0.0.1:{port}")),
        (format!("http://2130706433:{port}/"), format!("127.0.0.1:{port}")),
        (format!("http://0x7f.1:{port}/"), format!("127.0.0.1:{port}")),
        (format!("http://0177.0.0.1:{port}/"), format!("127.0.0.1:{port}")),
        (format!("http://example.com@127.0.0.1:{port}/"), format!("127.0.0.1:{port}")),
        (format!("http://example.com:80@127.0.0.1:{port}/"), format!("127.0.0.1:{port}")),
        (format!("http://127.0.0.1:{port}/@example.com"), format!("127.0.0.1:{port}")),
        (format!("http://127.0.0.1:{port}#@example.com"), format!("127.0.0.1:{port}")),
        (format!("http://127.0.0.1:{port}?.example.com"), format!("127.0.0.1:{port}")),
        (format!("http:\\\\127.0.0.1:{port}\\.example.com"), format!("127.0.0.1:{port}")),
        (format!("http://\u{ff11}27.0.0.1:{port}/"), format!("127.0.0.1:{port}")),
        (format!("http://%31%32%37.0.0.1:{port}/"), format!("127.0.0.1:{port}")),
        (format!("http://[::1]:{port}/"), format!("[::1]:{port}")),
        (format!("http://[::ffff:127.0.0.1]:{port}/"), format!("[::ffff:7f00:1]:{port}")),
        (format!("http://LOCALHOST:{port}/"), format!("localhost:{port}")),
        ("http://example.com.evil.org/".to_owned(), "example.com.evil.org".to_owned()),
        ("http://example.org/".to_owned(), "example.org".to_owned()),
        ("http://notexample.com/".to_owned(), "notexample.com".to_owned()),
    ] {
        let expected =
            format!("HTTP requests to {shown} are not allowed; add it to the manifest's `allowed_hosts` to allow them");
        assert_eq!(refusal(&mut plugin, &request(&url)), expected, "{url}");
    }
    assert_eq!(target.count(), 0);
    assert_works(&mut plugin);
}

#[test]
fn without_allowed_hosts_nothing_is_reached() {
    let target = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    for mut plugin in
        [allowed(&[], |manifest| manifest), builder(Manifest::new([Wasm::data(wat(GET))])).build().unwrap()]
    {
        let error = error_of(&mut plugin, "get", &request(&target.url()));
        let Error::HostFunction { source, .. } = error else { panic!("{error}") };
        assert!(matches!(source.downcast_ref(), Some(HttpError::NotAllowed { .. })), "{source}");
    }
    assert_eq!(target.count(), 0);
}

#[test]
fn requests_that_are_none_are_errors() {
    let mut plugin = local();
    let not_json = "the request is not JSON of the form {\"url\", \"method\", \"headers\"}: ";
    for (request, expected) in [
        ("", format!("{not_json}EOF while parsing a value at line 1 column 0")),
        ("{}", format!("{not_json}missing field `url` at line 1 column 2")),
        ("\u{0}", format!("{not_json}expected value at line 1 column 1")),
        (
            r#"{"url": "http://a", "extra": 1}"#,
            format!(
                "{not_json}unknown field `extra`, expected one of `url`, `header`, `headers`, `method` at line 1 column 27"
            ),
        ),
        (r#"{"url": "http://a", "url": "http://b"}"#, format!("{not_json}duplicate field `url` at line 1 column 25")),
        (r#"{"url": "no url"}"#, "\"no url\" is not a URL: relative URL without a base".to_owned()),
        (r#"{"url": "http://"}"#, "\"http://\" is not a URL: empty host".to_owned()),
        (r#"{"url": "file:///etc/passwd"}"#, "a URL must start with http or https, not with file".to_owned()),
        (r#"{"url": "http://127.0.0.1", "method": "A B"}"#, "\"A B\" is not a supported HTTP method".to_owned()),
        (
            r#"{"url": "http://127.0.0.1", "method": "GET / HTTP/1.1\r\nx: y"}"#,
            "\"GET / HTTP/1.1\r\nx: y\" is not a supported HTTP method".replace('\r', "\\r"),
        ),
        (
            r#"{"url": "http://127.0.0.1", "method": "CONNECT"}"#,
            "\"CONNECT\" is not a supported HTTP method".to_owned(),
        ),
        (
            r#"{"url": "http://127.0.0.1", "headers": {"a": "b\r\nhost: c"}}"#,
            "invalid header \"a\" in the HTTP request: its value contains a character that is not allowed in \
             headers"
                .to_owned(),
        ),
        (
            r#"{"url": "http://127.0.0.1", "headers": {"a\r\nb": "c"}}"#,
            "invalid header \"a\\r\\nb\" in the HTTP request: the name is invalid".to_owned(),
        ),
        (
            r#"{"url": "http://127.0.0.1", "headers": {"host": "example.com"}}"#,
            "invalid header \"host\" in the HTTP request: the URL determines the host; remove the header".to_owned(),
        ),
    ] {
        assert_eq!(refusal(&mut plugin, request.as_bytes()), expected, "{request}");
    }
    let deep = format!(r#"{{"url": {}"#, "[".repeat(1_000_000));
    let expected = format!("{not_json}invalid type: sequence, expected a string at line 1 column 8");
    assert_eq!(refusal(&mut plugin, deep.as_bytes()), expected);
    let host = "a".repeat(1 << 19);
    let expected = format!(
        "\"http://{}... (524296 bytes)\" is not a URL: its host is longer than 254 bytes",
        "a".repeat(300 - "http://".len())
    );
    assert_eq!(refusal(&mut plugin, &request(&format!("http://{host}/"))), expected);
    let path = format!("http://localhost/{}", "a".repeat(1 << 19));
    let expected = "HTTP requests to localhost are not allowed; add it to the manifest's `allowed_hosts` to allow them";
    assert_eq!(refusal(&mut plugin, &request(&path)), expected);
    assert_works(&mut plugin);
}

#[test]
fn a_request_of_more_than_a_megabyte_is_not_taken_apart() {
    let mut plugin = local();
    let headers: String = (0..300_000).map(|at| format!(r#""{at}":"","#)).collect();
    let many = format!(r#"{{"url": "http://127.0.0.1/", "headers": {{{headers}"last": ""}}}}"#);
    let long = request(&format!("http://127.0.0.1/{}", "\u{1}".repeat(1 << 20)));
    for request in [many.into_bytes(), long] {
        let used = allocation_counter::measure(|| {
            let expected = "the request is not JSON of the form {\"url\", \"method\", \"headers\"}: it is longer than \
                            1048576 bytes";
            assert_eq!(refusal(&mut plugin, &request), expected);
        });
        assert!(used.bytes_max < 1 << 20, "{used:?}");
    }
    assert_works(&mut plugin);
}

#[test]
fn hostile_headers_of_a_response_are_json_all_the_same() {
    let server = Server::saying(
        "HTTP/1.1 200 OK\r\nX-Quote: \"}\\\r\nX-Bytes: \u{ff}\r\nX-Twice: a\r\nx-twice: b\r\ncontent-length: 0\r\n\r\n",
    );
    let mut plugin = local();
    assert_eq!(plugin.call::<_, &[u8]>("get", request(&server.url())).expect("a response"), b"");
    let headers = plugin.call::<_, serde_json::Value>("headers", ()).expect("JSON");
    let expected = serde_json::json!({
        "content-length": "0", "x-bytes": "\u{ff}", "x-quote": "\"}\\", "x-twice": "a, b",
    });
    assert_eq!(headers, expected);
}

#[test]
fn the_status_of_a_failed_request_is_none() {
    let good = Server::saying("HTTP/1.1 204 No Content\r\n\r\n");
    let mut plugin = local();
    plugin.call::<_, ()>("get", request(&good.url())).expect("a response");
    assert_eq!(plugin.call::<_, i64>("status", ()).expect("a number"), 204);
    refusal(&mut plugin, &request("http://localhost/"));
    assert_eq!(plugin.call::<_, i64>("status", ()).expect("a number"), 0);
    assert_eq!(plugin.call::<_, &[u8]>("headers", ()).expect("none"), b"");
}
