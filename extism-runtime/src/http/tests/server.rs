//! A server on loopback that sends exactly what a test specifies.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    http::{AllowedHosts, HttpError, HttpPolicy, response::HttpResponse, send},
    manifest::HttpRequest,
};

/// Longer than anything takes, so that a hanging test ends.
pub(super) const GUARD: Duration = Duration::from_mins(1);

/// A server and the requests that it has received.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    requests: Receiver<Received>,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Received {
    /// Such as `GET / HTTP/1.1`.
    pub(super) line: String,
    /// Headers that the client sends with all requests, sorted.
    pub(super) usual: Vec<String>,
    /// The other headers, sorted.
    pub(super) headers: Vec<String>,
    pub(super) body: String,
}

impl Server {
    /// Answers each connection with a function, after reading the request.
    pub(super) fn start(answer: impl Fn(&mut TcpStream, &Received) + Send + Sync + 'static) -> Self {
        Self::start_on((Ipv4Addr::LOCALHOST, 0).into(), answer).unwrap()
    }

    pub(super) fn start_on(
        address: SocketAddr,
        answer: impl Fn(&mut TcpStream, &Received) + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let (sender, requests) = channel();
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (sender, answer) = (sender.clone(), Arc::clone(&answer));
                thread::spawn(move || {
                    let mut stream = stream;
                    let Some(request) = read_request(&stream) else { return };
                    let _ = sender.send(request.clone());
                    answer(&mut stream, &request);
                });
            }
        });
        Ok(Self { address, requests })
    }

    /// Answers every request in the same way.
    pub(super) fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |stream, _| {
            let _ = stream.write_all(&answer);
        })
    }

    /// Answers, then does nothing until the client goes away.
    pub(super) fn saying_then_silent(answer: &'static str) -> Self {
        Self::start(move |stream, _| {
            let _ = stream.write_all(answer.as_bytes());
            wait_for_close(stream);
        })
    }

    /// Repeats a piece until the client goes away.
    pub(super) fn repeating(start: &'static str, piece: impl Into<Vec<u8>>, pause: Duration) -> Self {
        let piece = piece.into();
        Self::start(move |stream, _| {
            let mut open = stream.write_all(start.as_bytes()).is_ok();
            while open {
                thread::sleep(pause);
                open = stream.write_all(&piece).is_ok();
            }
        })
    }

    /// Returns the URL of a path on this server.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns the next request.
    pub(super) fn next_request(&self) -> Received {
        self.requests.recv_timeout(GUARD).unwrap()
    }

    /// Returns how many requests have arrived, not counting those that `next_request` returned.
    pub(super) fn count(&self) -> usize {
        self.requests.try_iter().count()
    }
}

/// Reads until the client closes the connection.
pub(super) fn wait_for_close(stream: &mut TcpStream) {
    let _ = std::io::copy(stream, &mut std::io::sink());
}

fn read_request(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let line = lines.remove(0);
    let length = lines.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    lines.sort();
    let is_usual =
        |line: &String| ["user-agent:", "accept:", "accept-encoding:"].iter().any(|name| line.starts_with(name));
    let (usual, headers) = lines.into_iter().partition(is_usual);
    Some(Received { line, usual, headers, body: String::from_utf8(body).ok()? })
}

/// Returns a response with status 200.
pub(super) fn ok(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
}

/// Returns a response that redirects.
pub(super) fn redirect(status: u16, location: &str) -> String {
    format!("HTTP/1.1 {status} Moved\r\ncontent-length: 0\r\nlocation: {location}\r\n\r\n")
}

/// Returns the hosts that these patterns allow.
pub(super) fn hosts(patterns: &[&str]) -> AllowedHosts {
    let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
    AllowedHosts::new(Some(&patterns))
}

/// Sends a `GET` request with access to any host.
pub(super) fn get(url: &str) -> Result<HttpResponse, HttpError> {
    get_with(url, |_| {})
}

/// Sends a `GET` request with access to any host, under other limits.
pub(super) fn get_with(url: &str, change: impl FnOnce(&mut HttpPolicy<'_>)) -> Result<HttpResponse, HttpError> {
    let mut policy = HttpPolicy::new(&AllowedHosts::Any);
    policy.deadline = Some(Instant::now() + GUARD);
    change(&mut policy);
    send(&HttpRequest::new(url), None, &policy)
}
