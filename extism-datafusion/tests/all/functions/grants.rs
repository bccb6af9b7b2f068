//! What the policy grants to plug-ins, and that they have nothing else.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use datafusion::prelude::SessionContext;
use extism_datafusion::ExecutorPolicy;
use extism_runtime::prelude::*;

use super::common::{cells, failure, policy, session, store_under};

#[plugin_interface]
trait Guests {
    /// Reads a file, by WASI.
    fn read_file(&mut self, path: &str) -> String;
    fn write_file(&mut self, path_and_text: &str) -> String;
    /// Sends a request, and gives the body of the response.
    fn forward(&mut self, url: &str) -> String;
}

const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/plugins/wasi_files.wasm");
const HTTP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/plugins/pdk_rust.wasm");

fn with(policy: ExecutorPolicy) -> SessionContext {
    let store = store_under(policy);
    let session = session(&store);
    for (name, module) in [("read_file", FILES), ("write_file", FILES), ("forward", HTTP)] {
        session.register_udf(store.udf::<GuestsPlugin>(name, module).unwrap());
    }
    session
}

#[tokio::test]
async fn a_directory_is_there_if_it_is_granted() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("in.txt"), "from the host").unwrap();
    let path = directory.path().display();
    let read = "SELECT read_file('/data/in.txt')";

    let error = failure(&with(policy()), read).await;
    assert!(error.contains("function `read_file`, row 0 of a batch of 1"), "{error}");
    assert!(!error.contains("from the host"), "{error}");

    let session = with(policy().with_allowed_path(path.to_string(), "/data"));
    assert_eq!(cells(&session, read).await, ["from the host"]);
    let error = failure(&session, "SELECT read_file('/data/../in.txt')").await;
    assert!(error.contains("function `read_file`"), "{error}");

    let session = with(policy().with_allowed_path(format!("ro:{path}"), "/data"));
    assert_eq!(cells(&session, read).await, ["from the host"]);
    let error = failure(&session, "SELECT write_file('/data/in.txt\nchanged')").await;
    assert!(error.contains("function `write_file`"), "{error}");
    assert_eq!(fs::read_to_string(directory.path().join("in.txt")).unwrap(), "from the host");
}

#[tokio::test]
async fn without_wasi_a_module_that_needs_it_is_refused() {
    let session = with(policy().with_wasi(false));
    let error = failure(&session, "SELECT read_file('/data/in.txt')").await;
    assert!(error.contains("function `read_file`") && error.contains("wasi"), "{error}");
}

/// A server that answers each request with this text; returns its URL.
fn server(text: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let mut request = Vec::new();
            let mut part = [0; 1024];
            while !request.windows(4).any(|window| window == b"\r\n\r\n") {
                match stream.read(&mut part) {
                    Ok(read) if read > 0 => request.extend_from_slice(&part[..read]),
                    _ => break,
                }
            }
            let length = text.len();
            let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}");
        }
    });
    format!("http://{address}/")
}

#[tokio::test]
async fn a_host_is_reached_if_it_is_granted() {
    let url = server("from the server");
    let sql = format!("SELECT forward('{url}')");
    let error = failure(&with(policy()), &sql).await;
    assert!(error.contains("function `forward`") && error.contains("127.0.0.1"), "{error}");

    let other = with(policy().with_allowed_host("example.org").with_private_addresses(true));
    let error = failure(&other, &sql).await;
    assert!(error.contains("function `forward`") && error.contains("127.0.0.1"), "{error}");

    // The host alone is not enough, if its address is not of the public internet.
    let public = with(policy().with_allowed_host("127.0.0.1"));
    let error = failure(&public, &sql).await;
    assert!(error.contains("function `forward`"), "{error}");

    let granted = with(policy().with_allowed_host("127.0.0.1").with_private_addresses(true));
    assert_eq!(cells(&granted, &sql).await, ["from the server"]);
}
