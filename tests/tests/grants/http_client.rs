use std::{
    io::{self, Read},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::channel,
    },
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{
    Error, Manifest, Plugin, PluginBuilder, Wasm,
    error::{BoxError, HttpError},
    http::{ClientRequest, ClientResponse, HttpClient},
};
use extism_tests::{GIVE, environment, module};

use crate::AGES;

/// Sends its input as a request. The body of the response is the output.
pub(crate) fn guest() -> String {
    let imports = environment(&[
        "http_request",
        "http_status_code",
        "http_headers",
        "input_offset",
        "length",
        "alloc",
        "store_u64",
        "output_set",
    ]);
    let body = r#"
        (func (export "get") (call $give (call $http_request (call $input_offset) (i64.const 0))))
        (func (export "post") (local $body i64)
            (local.set $body (call $alloc (i64.const 8)))
            (call $store_u64 (local.get $body) (i64.const 0x6968676665646362))
            (call $give (call $http_request (call $input_offset) (local.get $body))))
        (func (export "status") (local $block i64)
            (local.set $block (call $alloc (i64.const 8)))
            (call $store_u64 (local.get $block) (i64.extend_i32_s (call $http_status_code)))
            (call $give (local.get $block)))
        (func (export "headers") (call $give (call $http_headers)))"#;
    module(&[&imports, body, GIVE])
}

pub(crate) fn request(url: &str) -> Vec<u8> {
    serde_json::to_vec(&serde_json::json!({ "url": url })).unwrap()
}

pub(crate) fn get(plugin: &mut Plugin, url: &str) -> Result<String, Error> {
    plugin.call("get", request(url))
}

/// The error of a request.
pub(crate) fn http_error(error: &Error) -> &HttpError {
    let Error::HostFunction { source, .. } = error else { panic!("{error}") };
    source.downcast_ref().unwrap_or_else(|| panic!("{error}"))
}

fn builder(client: impl HttpClient) -> PluginBuilder {
    let manifest = Manifest::new([Wasm::data(guest())]).with_allowed_host("*.example.com");
    PluginBuilder::new(manifest).with_http_client(client)
}

fn plugin(client: impl HttpClient) -> Plugin {
    builder(client).build().unwrap()
}

fn answer(body: &str) -> Result<ClientResponse, BoxError> {
    Ok(ClientResponse::new(200).with_body(body))
}

#[test]
fn a_client_gets_the_request_and_the_plugin_its_response() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&seen);
    let mut plugin = plugin(move |request: ClientRequest| {
        let ClientRequest { method, url, headers, body, .. } = request;
        notes.lock().unwrap().push((method, url, headers, body));
        Ok(ClientResponse::new(418).with_header("X-Tea", "a").with_header("x-tea", "b").with_body("short and stout"))
    });
    let sent = serde_json::json!({
        "url": "https://user:pass@a.example.com/p?q=1#f",
        "method": "put",
        "headers": { "X-Key": "v", "Content-Length": "99", "Connection": "close" },
    });
    assert_eq!(plugin.call::<_, &str>("post", sent.to_string()).unwrap(), "short and stout");
    assert_eq!(plugin.call::<_, i64>("status", ()).unwrap(), 418);
    let headers: serde_json::Value = plugin.call("headers", ()).unwrap();
    assert_eq!(headers, serde_json::json!({ "x-tea": "a, b" }));
    let headers = [("x-key", "v"), ("authorization", "Basic dXNlcjpwYXNz")];
    let headers: Vec<_> = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let expected = ("PUT".to_owned(), "https://a.example.com/p?q=1".to_owned(), headers, Some(b"bcdefghi".to_vec()));
    assert_eq!(*seen.lock().unwrap(), [expected]);
}

#[test]
fn the_runtime_checks_hosts_and_follows_redirects() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let mut plugin = plugin(move |request: ClientRequest| {
        count.fetch_add(1, Ordering::SeqCst);
        let to = |location: &str| Ok(ClientResponse::new(307).with_header("Location", location));
        match request.url.as_str() {
            "http://a.example.com/" => to("https://b.example.com/x"),
            "https://b.example.com/x" => answer("there"),
            "http://a.example.com/out" => to("http://elsewhere.com/"),
            _ => to("/for/ever"),
        }
    });
    assert_eq!(get(&mut plugin, "http://a.example.com/").unwrap(), "there");
    assert_eq!(asked.swap(0, Ordering::SeqCst), 2);
    let error = get(&mut plugin, "http://elsewhere.com/").unwrap_err();
    assert!(matches!(http_error(&error), HttpError::NotAllowed { from: None, .. }), "{error}");
    assert_eq!(asked.swap(0, Ordering::SeqCst), 0);
    let error = get(&mut plugin, "http://a.example.com/out").unwrap_err();
    assert!(matches!(http_error(&error), HttpError::NotAllowed { from: Some(_), .. }), "{error}");
    assert_eq!(asked.swap(0, Ordering::SeqCst), 1);
    let error = get(&mut plugin, "http://a.example.com/loop").unwrap_err();
    assert!(matches!(http_error(&error), HttpError::TooManyRedirects { limit: 10, .. }), "{error}");
}

#[test]
fn a_response_is_read_no_further_than_it_may_be_long() {
    let read = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&read);
    let endless = builder(move |_: ClientRequest| {
        let count = Arc::clone(&count);
        let body = io::repeat(b'a').chain(io::empty());
        struct Counted<R>(R, Arc<AtomicUsize>);
        impl<R: Read> Read for Counted<R> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let read = self.0.read(buffer)?;
                self.1.fetch_add(read, Ordering::SeqCst);
                Ok(read)
            }
        }
        Ok(ClientResponse::new(200).with_body_reader(Counted(body, count)))
    });
    let mut plugin = endless.with_max_http_response_bytes(1 << 20).build().unwrap();
    let error = get(&mut plugin, "http://a.example.com/").unwrap_err();
    assert!(matches!(http_error(&error), HttpError::TooLarge { limit: 1_048_576, .. }), "{error}");
    thread::sleep(Duration::from_millis(20));
    assert!(read.load(Ordering::SeqCst) < 4 << 20);

    let announced = builder(|_: ClientRequest| {
        Ok(ClientResponse::new(200).with_header("content-length", "2000").with_body_reader(io::empty()))
    });
    let mut plugin = announced.with_max_http_response_bytes(1000).build().unwrap();
    let error = get(&mut plugin, "http://a.example.com/").unwrap_err();
    assert!(matches!(http_error(&error), HttpError::TooLarge { .. }), "{error}");
}

#[test]
fn an_encoded_body_is_decoded_under_the_same_limit() {
    // 100 000 letters `a`, by gzip.
    let mut bomb = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let stored = [b'a'; 1000];
    for block in 0..100u8 {
        bomb.push(u8::from(block == 99));
        bomb.extend(1000u16.to_le_bytes());
        bomb.extend((!1000u16).to_le_bytes());
        bomb.extend(stored);
    }
    bomb.extend([0; 8]);
    let client = move |_: ClientRequest| {
        Ok(ClientResponse::new(200).with_header("Content-Encoding", "gzip").with_body(bomb.clone()))
    };
    let mut plugin = builder(client).with_max_http_response_bytes(50_000).build().unwrap();
    let error = get(&mut plugin, "http://a.example.com/").unwrap_err();
    assert!(matches!(http_error(&error), HttpError::TooLarge { .. }), "{error}");
}

#[test]
fn a_client_that_never_returns_does_not_outlast_the_call() {
    let (cancelled, told) = channel();
    let client = move |request: ClientRequest| {
        assert!(request.time_left() <= Duration::from_millis(100));
        let start = Instant::now();
        while !request.is_cancelled() && start.elapsed() < AGES {
            thread::sleep(Duration::from_millis(1));
        }
        let _ = cancelled.send(request.is_cancelled());
        answer("too late")
    };
    let mut plugin = builder(client).with_timeout(Duration::from_millis(100)).build().unwrap();
    let error = get(&mut plugin, "http://a.example.com/").unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    assert!(told.recv_timeout(AGES).unwrap());
}

/// Holds up a client until the test is over.
fn stuck() -> (impl HttpClient, Arc<AtomicBool>) {
    let over = Arc::new(AtomicBool::new(false));
    let ends = Arc::clone(&over);
    let client = move |request: ClientRequest| {
        while request.url.ends_with("/stuck") && !ends.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(1));
        }
        answer("free")
    };
    (client, over)
}

#[test]
fn a_cancelled_call_leaves_its_client_alone() {
    let (client, over) = stuck();
    let mut plugin = plugin(client);
    let handle = plugin.cancel_handle();
    let canceller = thread::spawn(move || {
        while !handle.cancel() {
            thread::sleep(Duration::from_millis(1));
        }
    });
    let error = get(&mut plugin, "http://a.example.com/stuck").unwrap_err();
    assert!(matches!(error, Error::Cancelled { .. }), "{error}");
    canceller.join().unwrap();
    assert_eq!(get(&mut plugin, "http://a.example.com/").unwrap(), "free", "the next call works");
    over.store(true, Ordering::SeqCst);
}

#[test]
fn clients_that_were_left_alone_count_as_connections() {
    let (client, over) = stuck();
    let mut plugin = builder(client).with_max_connections(2).with_timeout(Duration::from_millis(50)).build().unwrap();
    for _ in 0..2 {
        let error = get(&mut plugin, "http://a.example.com/stuck").unwrap_err();
        assert!(matches!(error, Error::Timeout { .. }), "{error}");
    }
    let error = get(&mut plugin, "http://a.example.com/").unwrap_err();
    assert!(matches!(http_error(&error), HttpError::TooManyConnections { limit: 2, own: true, .. }), "{error}");
    over.store(true, Ordering::SeqCst);
    let start = Instant::now();
    while get(&mut plugin, "http://a.example.com/").is_err() {
        assert!(start.elapsed() < AGES);
    }
}

#[test]
fn an_async_call_does_not_hold_the_thread_while_a_client_works() {
    let (sender, receiver) = channel();
    let receiver = Mutex::new(receiver);
    let mut plugin = plugin(move |_: ClientRequest| answer(receiver.lock().unwrap().recv()?));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let text = runtime.block_on(async move {
        let calling = plugin.call_async::<_, String>("get", request("http://a.example.com/"));
        // It is sent by the thread that polls both.
        let sending = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            sender.send("hello").unwrap();
        };
        tokio::join!(calling, sending).0
    });
    assert_eq!(text.unwrap(), "hello");
}

#[test]
fn errors_and_panics_of_a_client_are_errors_of_the_request() {
    struct Failing;

    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    let mut plugin = plugin(|request: ClientRequest| match request.url.as_str() {
        "http://a.example.com/error" => Err("out of order".into()),
        "http://a.example.com/panic" => panic!("in the client"),
        "http://a.example.com/status" => Ok(ClientResponse::new(99)),
        "http://a.example.com/header" => Ok(ClientResponse::new(200).with_header("a b", "c")),
        "http://a.example.com/value" => Ok(ClientResponse::new(200).with_header("a", "b\r\nc: d")),
        "http://a.example.com/long" => Ok(ClientResponse::new(200).with_header("a", "b".repeat(65 << 10))),
        "http://a.example.com/body" => Ok(ClientResponse::new(200).with_body_reader(Failing)),
        _ => answer("works"),
    });
    let mut plain = |path: &str, expected: &str| {
        let error = get(&mut plugin, &format!("http://a.example.com/{path}")).unwrap_err();
        assert_eq!(http_error(&error).to_string(), expected);
    };
    plain("error", "the program's HTTP client failed to request http://a.example.com/error: out of order");
    plain("status", "the response from http://a.example.com/status is not valid HTTP: 99 is not a status");
    plain("header", "the response from http://a.example.com/header is not valid HTTP: a header has no valid name");
    plain("value", "the response from http://a.example.com/value is not valid HTTP: the header a has no valid value");
    plain("long", "the headers of the response from http://a.example.com/long are longer than 65536 bytes");
    let error = get(&mut plugin, "http://a.example.com/panic").unwrap_err();
    assert!(http_error(&error).to_string().contains("in the client"), "{error}");
    let error = get(&mut plugin, "http://a.example.com/body").unwrap_err();
    assert!(matches!(http_error(&error), HttpError::Io { .. } | HttpError::Client { .. }), "{error}");
    assert_eq!(get(&mut plugin, "http://a.example.com/").unwrap(), "works");
}

#[test]
fn a_client_that_is_shared_counts_towards_the_usage_of_each_plugin() {
    let client: Arc<dyn HttpClient> = Arc::new(|_: ClientRequest| answer("hello"));
    let (mut first, mut second) = (plugin(Arc::clone(&client)), plugin(client));
    for _ in 0..2 {
        get(&mut first, "http://a.example.com/").unwrap();
    }
    second.call::<_, &str>("post", request("http://a.example.com/")).unwrap();
    let used = |plugin: &Plugin| {
        let usage = plugin.usage();
        (usage.http_requests, usage.http_sent_bytes, usage.http_received_bytes)
    };
    assert_eq!((used(&first), used(&second)), ((2, 0, 10), (1, 8, 5)));
}

#[test]
fn modules_are_downloaded_by_the_client_under_the_limits_of_downloads() {
    let client = |request: ClientRequest| match request.url.as_str() {
        "https://example.com/plugin.wasm" => answer(r#"(module (func (export "f")))"#),
        "https://example.com/large.wasm" => Ok(ClientResponse::new(200).with_body_reader(io::repeat(b' '))),
        _ => Ok(ClientResponse::new(404)),
    };
    let load =
        |url: &str| PluginBuilder::new(Wasm::url(url)).with_http_client(client).with_max_module_bytes(1000).build();
    assert!(load("https://example.com/plugin.wasm").unwrap().function_exists("f"));
    assert!(load("https://example.com/large.wasm").unwrap_err().to_string().contains("1000"));
    assert!(load("https://example.com/none.wasm").unwrap_err().to_string().contains("404"));
}
