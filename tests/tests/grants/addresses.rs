//! Requests to addresses beyond the public internet, from a plug-in's call to its error. The addresses themselves are
//! judged in `extism-runtime/src/http/tests/addresses.rs`.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, ToSocketAddrs as _},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use extism_runtime::{
    Error, Manifest, PluginBuilder, Wasm,
    error::HttpError,
    http::{ClientRequest, ClientResponse},
};

use extism_tests::repeated;

use crate::http_client::{get, guest, http_error, request};

/// A server on loopback, and how many connections it had.
fn server() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            count.fetch_add(1, Ordering::SeqCst);
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            lines.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret");
        }
    });
    (port, connections)
}

fn manifest() -> Manifest {
    Manifest::new([Wasm::data(guest())]).with_allowed_host("*")
}

/// The ways to write this machine's own address.
fn own(port: u16) -> Vec<String> {
    let hosts = [
        "localhost",
        "LOCALHOST",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "0.0.0.0",
        "0",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
    ];
    hosts.iter().map(|host| format!("http://{host}:{port}/")).collect()
}

#[test]
fn an_untrusted_plugin_reaches_no_address_of_this_machine_or_its_networks_and_nothing_is_sent() {
    let (port, connections) = server();
    let mut plugin = PluginBuilder::untrusted(manifest()).build().unwrap();
    let others = [
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",
        "[::1]",
        "[fd00:ec2::254]",
        "[64:ff9b::a00:1]",
    ];
    let others = others.iter().map(|host| format!("http://{host}/"));
    for url in own(port).into_iter().chain(others) {
        let error = get(&mut plugin, &url).unwrap_err();
        assert!(matches!(http_error(&error), HttpError::PrivateAddress { .. }), "{url}: {error}");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 0);
    let error = get(&mut plugin, &format!("http://127.0.0.1:{port}/")).unwrap_err();
    let expected = format!(
        "HTTP requests to 127.0.0.1:{port} are not allowed: its address 127.0.0.1 is not of the public internet; \
         `with_private_addresses(true)` of the plug-in's builder allows it"
    );
    assert!(error.to_string().ends_with(&expected), "{error}");
}

#[test]
fn a_trusted_plugin_and_one_that_may_reach_them() {
    let (port, connections) = server();
    let resolves =
        |host: &str| (host, port).to_socket_addrs().is_ok_and(|mut found| found.any(|found| found.is_ipv4()));
    let urls = ["127.0.0.1", "localhost"].into_iter().filter(|host| resolves(host));
    let urls: Vec<_> = urls.map(|host| format!("http://{host}:{port}/")).collect();
    for builder in [
        PluginBuilder::new(manifest()),
        PluginBuilder::untrusted(manifest()).with_private_addresses(true),
        PluginBuilder::new(manifest()).with_private_addresses(false).with_private_addresses(true),
    ] {
        let mut plugin = builder.build().unwrap();
        urls.iter().for_each(|url| assert_eq!(get(&mut plugin, url).unwrap(), "secret"));
    }
    assert_eq!(connections.load(Ordering::SeqCst), 3 * urls.len());
    let mut denied = PluginBuilder::new(manifest()).with_private_addresses(false).build().unwrap();
    urls.iter().for_each(|url| drop(get(&mut denied, url).unwrap_err()));
    assert_eq!(connections.load(Ordering::SeqCst), 3 * urls.len());
}

#[test]
fn the_manifests_hosts_come_first() {
    let manifest = Manifest::new([Wasm::data(guest())]).with_allowed_host("example.com");
    let mut plugin = PluginBuilder::untrusted(manifest).build().unwrap();
    let error = get(&mut plugin, "http://127.0.0.1/").unwrap_err();
    assert!(matches!(http_error(&error), HttpError::NotAllowed { .. }), "{error}");
}

#[test]
fn modules_are_downloaded_from_anywhere() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/plugin.wasm", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines();
        lines.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n(module)").unwrap();
    });
    PluginBuilder::untrusted(Manifest::new([Wasm::url(url)])).build().unwrap();
}

#[test]
fn a_client_of_the_programs_is_not_asked_for_such_addresses_also_after_a_redirect_and_learns_the_rule() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let client = move |request: ClientRequest| {
        count.fetch_add(1, Ordering::SeqCst);
        if request.url.ends_with("/rule") {
            let judged = ["8.8.8.8", "10.0.0.1"].map(|address| request.allows(address.parse().unwrap()));
            return Ok(ClientResponse::new(200).with_body(format!("{judged:?}")));
        }
        Ok(ClientResponse::new(302).with_header("location", "http://[::ffff:127.0.0.1]/"))
    };
    let mut plugin = PluginBuilder::untrusted(manifest()).with_http_client(client).build().unwrap();
    for url in ["http://127.0.0.1/", "http://example.com/redirects"] {
        let error = get(&mut plugin, url).unwrap_err();
        assert!(matches!(http_error(&error), HttpError::PrivateAddress { .. }), "{url}: {error}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert_eq!(get(&mut plugin, "http://example.com/rule").unwrap(), "[true, false]");
}

#[test]
fn an_async_call_is_refused_too() {
    let mut plugin = PluginBuilder::untrusted(manifest()).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let calling = plugin.call_async::<_, String>("get", request("http://127.0.0.1:1/"));
    let error: Error = runtime.block_on(calling).unwrap_err();
    assert!(matches!(http_error(&error), HttpError::PrivateAddress { .. }), "{error}");
}

/// A proxy would connect on the plug-in's behalf, and to addresses that nobody here has judged.
#[test]
fn proxies_of_the_environment_are_not_used() {
    let Ok(target) = std::env::var("EXTISM_TEST_TARGET") else {
        let ((proxy, asked), (port, connections)) = (server(), server());
        let mut child = repeated("addresses::proxies_of_the_environment_are_not_used");
        for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
            child.env(name, format!("http://127.0.0.1:{proxy}"));
        }
        child.env_remove("no_proxy").env_remove("NO_PROXY").env_remove("REQUEST_METHOD");
        let output = child.env("EXTISM_TEST_TARGET", format!("http://127.0.0.1:{port}/")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert_eq!((asked.load(Ordering::SeqCst), connections.load(Ordering::SeqCst)), (0, 1));
        return;
    };
    let mut plugin = PluginBuilder::new(manifest()).build().unwrap();
    assert_eq!(get(&mut plugin, &target).unwrap(), "secret");
    for url in [&*target, "http://localhost/", "http://10.0.0.1/"] {
        let mut plugin = PluginBuilder::untrusted(manifest()).build().unwrap();
        let error = get(&mut plugin, url).unwrap_err();
        assert!(matches!(http_error(&error), HttpError::PrivateAddress { .. }), "{url}: {error}");
    }
}
