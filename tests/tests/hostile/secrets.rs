//! Tests that secrets that a program puts into manifests, variables and contexts appear in no error and no
//! `Debug` output.

use std::{
    error::Error as _,
    fmt::Debug,
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use extism_runtime::{
    Error, Manifest, Plugin, PluginBuilder, Pool, Source, Wasm,
    manifest::{HttpRequest, MemoryOptions},
};

use crate::wat;

/// A number, so that it can replace a text.
const SECRET: &str = "8675309867";

/// Asserts that a text does not contain the secret, but another part, which shows that it is the right text.
fn assert_hides(what: &str, text: &str, shows: &str) {
    assert!(!text.contains(SECRET), "{what}: {text}");
    assert!(text.contains(shows), "{what}: {text}");
}

/// Asserts the same for an error: its text, its `Debug` output, and those of its sources.
fn assert_error_hides(what: &str, error: &Error, shows: &str) {
    assert_hides(what, &error.to_string(), shows);
    assert_hides(what, &format!("{error:?} {error:#?}"), "");
    let mut cause = error.source();
    while let Some(source) = cause {
        assert_hides(what, &format!("{source} {source:?}"), "");
        cause = source.source();
    }
}

/// A URL with the secret in every part that may be secret.
fn secret_url(host: &str) -> String {
    format!("http://user{SECRET}:{SECRET}@{host}/path/module.wasm?signature={SECRET}.x&b=c#{SECRET}")
}

fn secret_request(host: &str) -> HttpRequest {
    HttpRequest::new(secret_url(host)).with_header("PRIVATE-TOKEN", SECRET).with_header("Authorization", SECRET)
}

/// Starts a server on loopback that sends this response; returns its address, and the requests.
fn server(answer: impl Into<String>) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let (asked, answer) = (Arc::new(Mutex::new(Vec::new())), answer.into());
    let heads = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let head = head(&stream);
            heads.lock().expect("a lock").push(head);
            let mut stream = stream;
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (address, asked)
}

/// The head of a request, in lower case.
fn head(stream: &TcpStream) -> String {
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    lines.take_while(|line| !line.is_empty()).fold(String::new(), |all, line| all + &line.to_lowercase() + "\n")
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn errors_of_downloads_hide_what_is_secret_in_urls_and_headers() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address");
    let status = |status: &str| server(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n")).0.to_string();
    let to = |location: &str| {
        server(format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")).0.to_string()
    };
    let cases = [
        ("nobody listens", closed.to_string(), "cannot connect"),
        ("status", status("403 Forbidden"), "status 403"),
        ("no HTTP", server("what?").0.to_string(), "is not valid HTTP"),
        ("no module", server(ok("hello")).0.to_string(), "is not a WebAssembly module"),
        ("invalid text", server(ok("(module (func $f (nop")).0.to_string(), "is not valid WebAssembly text"),
        ("too large", server(ok(&"x".repeat(1000))).0.to_string(), "is larger than the limit of 100 bytes"),
        ("a redirect to no URL", to(&format!("http://{SECRET}:{SECRET}/?{SECRET}")), "an invalid URL"),
        ("a redirect to another scheme", to(&format!("ftp://u:{SECRET}@h/?{SECRET}")), "ftp"),
        ("an endless redirect", to(&format!("?again={SECRET}")), "redirects"),
        ("an unknown host", format!("{}.invalid", "no-such-host"), "no-such-host.invalid"),
        ("no URL", "127.0.0.1:port".to_owned(), "is not a URL"),
        ("a host that is too long", "x.".repeat(200), "is longer than"),
    ];
    for (what, host, shows) in cases {
        let module = || Wasm::http(secret_request(&host)).with_name("m");
        let error = PluginBuilder::new(module()).with_max_module_bytes(100).build().expect_err(what);
        assert_error_hides(what, &error, shows);
        let error = PluginBuilder::new(module()).with_max_module_bytes(100).inspect().expect_err(what);
        assert_error_hides(what, &error, shows);
    }
    let (host, _) = server(ok("(module)"));
    let module = Wasm::http(secret_request(&host.to_string())).with_hash("0".repeat(64));
    let error = Plugin::new(module).expect_err("another hash");
    assert_error_hides("a hash", &error, "but the manifest expects");
}

#[test]
fn progress_and_names_hide_what_is_secret_in_urls() {
    let (host, _) = server(ok(&wat("")));
    let urls = Arc::new(Mutex::new(String::new()));
    let seen = Arc::clone(&urls);
    let manifest = Manifest::new([Wasm::http(secret_request(&host.to_string()))]);
    let builder = PluginBuilder::new(manifest).with_function(
        "host",
        [extism_runtime::ValType::PTR],
        [extism_runtime::ValType::PTR],
        |_, _, _| Ok(()),
    );
    let builder =
        builder.with_download_progress(move |progress| *seen.lock().expect("a lock") += &format!("{progress:?}"));
    let plugin = builder.build().expect("the plug-in builds");
    assert_hides("progress", &urls.lock().expect("a lock"), "/path/module.wasm?..");
    assert_eq!(plugin.name(), "module");
}

#[test]
fn the_headers_of_a_download_do_not_go_to_another_server() {
    let (target, asked) = server(ok("(module)"));
    let location = format!("HTTP/1.1 302 Found\r\nlocation: http://{target}/b\r\ncontent-length: 0\r\n\r\n");
    let (first, asked_first) = server(location);
    let request = HttpRequest::new(format!("http://user:{SECRET}@{first}/a"))
        .with_header("PRIVATE-TOKEN", SECRET)
        .with_header("X-Api-Key", SECRET)
        .with_header("Cookie", SECRET)
        .with_header("Accept", "application/wasm");
    Plugin::new(Wasm::http(request)).expect("it is downloaded");
    let asked_first = asked_first.lock().expect("a lock")[0].clone();
    for header in ["private-token", "x-api-key", "cookie", "authorization", "accept: application/wasm"] {
        assert!(asked_first.contains(header), "{asked_first}");
    }
    let asked = asked.lock().expect("a lock")[0].clone();
    assert_hides("the other server", &asked, "accept: application/wasm\n");
    for header in ["private-token", "x-api-key", "cookie", "authorization"] {
        assert!(!asked.contains(header), "{asked}");
    }
}

#[test]
fn errors_of_manifests_hide_values() {
    let json = [
        format!(r#"{{"wasm": [{{"url": {SECRET}}}]}}"#),
        format!(r#"{{"wasm": [{{"url": "x", "headers": {{"Authorization": {SECRET}}}}}]}}"#),
        format!(r#"{{"wasm": [{{"url": "x", "headers": "{SECRET}"}}]}}"#),
        format!(r#"{{"wasm": [], "config": {{"key": {SECRET}}}}}"#),
        format!(r#"{{"wasm": [], "config": {{"key": -{SECRET}.5}}}}"#),
        format!(r#"{{"wasm": [], "config": "{SECRET}, expected `a`"}}"#),
        format!(r#"{{"wasm": [], "timeout_ms": "{SECRET}"}}"#),
        format!(r#"{{"wasm": [], "memory": "{SECRET}"}}"#),
        format!(r#"{{"wasm": "{SECRET}"}}"#),
    ];
    for text in json {
        let error = Plugin::new(&text).expect_err("it is wrong");
        assert!(matches!(error, Error::Manifest(_)), "{text}: {error}");
        assert_error_hides(&text, &error, "invalid ");
    }
    let toml = [
        format!("wasm = []\n[config]\nkey = {SECRET}"),
        format!("wasm = []\ntimeout_ms = \"{SECRET}\""),
        format!("[[wasm]]\nurl = \"x\"\nheaders = {SECRET}"),
        format!("[[wasm]]\nurl = {SECRET}.5"),
    ];
    for text in toml {
        let error = Manifest::from_toml(&text).expect_err("it is wrong").into();
        assert_error_hides(&text, &error, "invalid type");
    }
}

/// A manifest with the secret in every part that may be secret, and a plug-in that fails in many ways.
fn secretive() -> Manifest {
    let body = r#"
        (memory 1)
        (func (export "trap") unreachable)
        (func (export "fail") (result i32) (call $error_set (call $input_offset)) (i32.const 3))
        (func (export "get") (call $give (call $http_request (call $input_offset) (i64.const 0))))
        (func (export "call_host") (drop (call $host (call $input_offset))))
        (func (export "wild") (call $output_set (i64.const 1) (i64.const 100000000)))
        (func (export "set_all") (call $var_set (i64.const 1) (i64.const 1)))"#;
    Manifest::new([Wasm::data(wat(body)).with_name("main")])
        .with_config_key("api_key", SECRET)
        .with_allowed_host("127.0.0.1")
        .with_memory_options(MemoryOptions::new().with_max_var_bytes(200))
}

#[test]
fn debug_hides_what_a_program_gives_to_plugins() {
    let downloads = secretive().with_wasm(Wasm::http(secret_request("host")).with_name("other"));
    let mut shown: Vec<(&str, String)> = Vec::new();
    let mut show = |what, value: &dyn Debug| shown.push((what, format!("{value:?} {value:#?}")));
    show("Manifest", &downloads);
    show("Wasm", &downloads.wasm);
    show("HttpRequest", &secret_request("host"));
    show("Source", &Source::from(&downloads));
    show("Source of bytes", &Source::from(format!("{{\"config\": {SECRET}}}").into_bytes()));
    let builder = || crate::builder(secretive());
    show("PluginBuilder", &PluginBuilder::new(&downloads));
    let compiled = builder().compile().expect("the plug-in compiles");
    show("CompiledPlugin", &compiled);
    let mut plugin = compiled.instantiate().expect("an instance");
    plugin.set_var("secret", SECRET.as_bytes()).expect("there is room");
    plugin.set_config("other", SECRET);
    plugin.call_with_context::<_, String, _>("echo", "x", SECRET.to_owned()).expect("it works");
    show("Plugin", &plugin);
    show("Plugin's types", &(plugin.exports(), plugin.imports(), plugin.cancel_handle()));
    show("Inspection", &builder().inspect().expect("it can be read"));
    let pool = Pool::builder(compiled.clone()).build();
    show("Pool", &pool);
    for (what, text) in shown {
        assert_hides(what, &text, "");
    }
}

#[test]
fn errors_of_calls_hide_what_a_program_gives_to_plugins() {
    let mut plugin = crate::builder(secretive()).build().expect("the plug-in builds");
    plugin.set_var("name", SECRET.as_bytes()).expect("there is room");
    let full = plugin.set_var("name", SECRET.repeat(100).as_bytes()).expect_err("there is no room");
    assert_hides("a variable", &format!("{full} {full:?}"), "`name`");
    let requests = [
        format!(r#"{{"url": {SECRET}}}"#),
        format!(r#"{{"url": "http://127.0.0.1/", "headers": {{"authorization": {SECRET}}}}}"#),
        format!(r#"{{"url": "http://127.0.0.1/", "headers": {{"authorization": "{SECRET}\n"}}}}"#),
        format!(r#"{{"url": "http://u:{SECRET}@not-allowed/?{SECRET}#{SECRET}"}}"#),
        format!(r#"{{"url": "http://u:{SECRET}@127.0.0.1:1/?{SECRET}#{SECRET}"}}"#),
        format!(r#"{{"url": "http://u:{SECRET}@127.0.0.1:p/?{SECRET}#{SECRET}"}}"#),
        format!(r#"{{"url": "ftp://u:{SECRET}@127.0.0.1/?{SECRET}#{SECRET}"}}"#),
    ];
    let calls =
        [("trap", "x"), ("wild", "x"), ("set_all", "x"), ("call_host", "x"), ("fail", "what it says"), ("none", "x")];
    let calls = calls.into_iter().map(|(export, input)| (export, input.to_owned()));
    for (export, input) in calls.chain(requests.into_iter().map(|request| ("get", request))) {
        let result = plugin.call_with_context::<_, Vec<u8>, _>(export, &*input, SECRET.to_owned());
        match result {
            Ok(_) => assert!(["call_host", "wild"].contains(&export), "{export}"),
            Err(error) => assert_error_hides(&format!("{export}({input})"), &error, "hostile"),
        }
    }
}
