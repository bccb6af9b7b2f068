//! A web server for one test.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};

/// Serves this body, with this status, to every client; returns the URL.
pub(crate) fn serve(status: &str, body: impl Into<Vec<u8>>) -> String {
    let (status, body) = (status.to_owned(), body.into());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // The thread ends with the tests' process.
    thread::spawn(move || {
        for stream in listener.incoming() {
            // A client may disconnect at any time.
            let _ = stream.and_then(|stream| answer(stream, &status, &body));
        }
    });
    url
}

fn answer(mut stream: TcpStream, status: &str, body: &[u8]) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer)? {
            0 => break,
            length => request.extend_from_slice(&buffer[..length]),
        }
    }
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat())?;
    stream.flush()
}
