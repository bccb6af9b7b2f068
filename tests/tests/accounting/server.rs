use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

/// A server on loopback that counts the bytes that it receives and sends, until the process ends.
pub(crate) struct Server {
    address: SocketAddr,
    /// Of the last request.
    received: Arc<AtomicU64>,
    sent: u64,
}

impl Server {
    /// Answers each request with this many bytes.
    pub(crate) fn start(bytes: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {bytes}\r\n\r\n{}", "a".repeat(bytes));
        let (received, sent) = (Arc::<AtomicU64>::default(), answer.len() as u64);
        let count = Arc::clone(&received);
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let (mut request, mut piece) = (Vec::new(), [0; 1024]);
                while !request.ends_with(b"\r\n\r\n") {
                    match stream.read(&mut piece) {
                        Ok(read @ 1..) => request.extend_from_slice(&piece[..read]),
                        _ => break,
                    }
                }
                count.store(request.len() as u64, Ordering::SeqCst);
                drop(stream.write_all(answer.as_bytes()));
            }
        });
        Self { address, received, sent }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The bytes of the last request, and of each response.
    pub(crate) fn bytes(&self) -> (u64, u64) {
        (self.received.load(Ordering::SeqCst), self.sent)
    }
}
