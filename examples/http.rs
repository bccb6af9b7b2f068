//! A plug-in that makes HTTP requests to allowed hosts.
//!
//! ```text
//! cargo run --example http
//! ```

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use extism_runtime::{Json, prelude::*};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Response {
    status: u16,
    body: String,
}

/// A plug-in that sends the requests described by its input.
#[plugin_interface]
trait Client {
    /// Sends a request.
    fn http_request(&mut self, request: Json<serde_json::Value>) -> Json<Response>;
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = serve()?;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/kitchen_sink.wasm");
    // Without `allowed_hosts`, no host can be reached. A request ends at the call's timeout.
    let manifest =
        Manifest::new([Wasm::file(file)]).with_allowed_host("127.0.0.1").with_timeout(Duration::from_secs(10));
    let mut client = ClientPlugin::load(manifest)?;

    let url = format!("http://{address}/greeting");
    let Json(response) = client.http_request(Json(serde_json::json!({ "url": url })))?;
    println!("{url}: {} {}", response.status, response.body);

    // The same server under another name counts as another host.
    let url = format!("http://localhost:{}/greeting", address.port());
    if let Err(error) = client.http_request(Json(serde_json::json!({ "url": url }))) {
        println!("{error}");
    }
    Ok(())
}

/// A server on this machine, so that the example needs no network.
fn serve() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || listener.incoming().flatten().try_for_each(|stream| answer(&stream)));
    Ok(address)
}

fn answer(mut stream: &TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let body = format!("you asked for {:?}", request.split(' ').nth(1).unwrap_or_default());
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}
