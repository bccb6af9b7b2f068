//! An exchange through a client of the program's, on a thread of its own, which is abandoned when the time is up.

use std::{
    io::{self, Read},
    net::IpAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
};

use ureq::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use url::Host;

use super::{
    HttpClient, HttpError,
    account::{Account, Connection},
    address::AddressRule,
    error::BoxError,
    http_client::{ClientRequest, ClientResponse, Control},
    request::Outgoing,
    response::Answer,
    target::Target,
    wait::{MAX_HEAD_BYTES, Wait},
};
use crate::display;

/// Bytes of a body that are passed on at a time.
const PIECE: usize = 64 * 1024;

/// What the client's thread passes on: first a head, then pieces of the body, the last of them empty.
enum Message {
    Head(u16, Vec<(String, String)>),
    Piece(Vec<u8>),
}

type Sent = Result<Message, BoxError>;

/// Sends one request through the client, and waits for the head of the response.
pub(super) fn exchange(
    client: &Arc<dyn HttpClient>,
    request: &Outgoing<'_>,
    addresses: AddressRule,
    account: &Arc<Account>,
    wait: &Arc<Wait>,
) -> Result<Answer, HttpError> {
    let target = &request.target;
    check_literal(target, addresses)?;
    let connection = account.reserve(target, wait)?;
    let abandoned = Arc::new(AtomicBool::new(false));
    let control = Control { wait: Arc::clone(wait), addresses, abandoned: Arc::clone(&abandoned) };
    let mut messages =
        Messages { receiver: start(client, request_of(request, control), connection, target)?, abandoned };
    wait.sent(request.body.map_or(0, <[u8]>::len));
    let failed = |source| HttpError::Client { url: target.display_url(), source };
    let head = messages.next(wait).map_err(|error| match wait.stopped() {
        Some(stop) => HttpError::stopped(stop, target),
        None => failed(error),
    })?;
    let Message::Head(status, headers) = head else { return Err(failed("it has returned no response".into())) };
    let (status, headers) = head_of(status, &headers, target)?;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let body = Body { messages, wait: Arc::clone(wait), piece: io::Cursor::default(), ended: false };
    Ok(Answer { status, headers, length, body: Box::new(body), connection: None })
}

/// Checks the address in a URL that has one. What a name resolves to is up to the client.
fn check_literal(target: &Target, addresses: AddressRule) -> Result<(), HttpError> {
    let address: IpAddr = match target.host() {
        Some(Host::Ipv4(address)) => address.into(),
        Some(Host::Ipv6(address)) => address.into(),
        _ => return Ok(()),
    };
    if addresses(address) {
        Ok(())
    } else {
        Err(HttpError::PrivateAddress { host: target.display_authority(), address })
    }
}

fn request_of(request: &Outgoing<'_>, control: Control) -> ClientRequest {
    let header = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    ClientRequest {
        method: request.method.as_str().to_owned(),
        url: request.target.wire(),
        headers: request.headers.iter().map(header).collect(),
        body: request.body.map(<[u8]>::to_vec),
        control,
    }
}

/// Starts the thread. The connection counts until it has ended.
fn start(
    client: &Arc<dyn HttpClient>,
    request: ClientRequest,
    connection: Arc<Connection>,
    target: &Target,
) -> Result<Receiver<Sent>, HttpError> {
    let (sender, receiver) = sync_channel(1);
    let client = Arc::clone(client);
    let work = move || {
        let run = || pass_on(client.send(request), &sender);
        // Dropping a panic's payload may panic again, which ends this thread, and nothing else.
        let error = match catch_unwind(AssertUnwindSafe(run)) {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error),
            Err(panic) => Some(format!("it panicked: {}", display::panic_text(&*panic)).into()),
        };
        if let Some(error) = error {
            let _ = sender.send(Err(error));
        }
        drop(connection);
    };
    let thread = thread::Builder::new().name("extism-client".to_owned()).spawn(work);
    thread.map_err(|source| HttpError::Connect { host: target.display_authority(), source })?;
    Ok(receiver)
}

/// Passes a response on, until nobody waits for it any longer.
fn pass_on(response: Result<ClientResponse, BoxError>, sender: &SyncSender<Sent>) -> Result<(), BoxError> {
    let ClientResponse { status, headers, mut body } = response?;
    let mut open = sender.send(Ok(Message::Head(status, headers))).is_ok();
    let mut buffer = vec![0; PIECE];
    while open {
        let piece = match body.read(&mut buffer) {
            Ok(read) => buffer.get(..read).unwrap_or_default().to_vec(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        let ended = piece.is_empty();
        open = sender.send(Ok(Message::Piece(piece))).is_ok() && !ended;
    }
    Ok(())
}

/// Checks the head of a response, which may come from a server as it is.
fn head_of(status: u16, given: &[(String, String)], target: &Target) -> Result<(StatusCode, HeaderMap), HttpError> {
    let wrong = |message: String| HttpError::Protocol { url: target.display_url(), message };
    let bytes = given.iter().map(|(name, value)| name.len() + value.len()).fold(0, usize::saturating_add);
    if bytes > MAX_HEAD_BYTES {
        return Err(HttpError::HeadTooLarge { url: target.display_url(), limit: MAX_HEAD_BYTES });
    }
    let status = StatusCode::from_u16(status).map_err(|_| wrong(format!("{status} is not a status")))?;
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let name =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("a header has no valid name".to_owned()))?;
        let value = HeaderValue::from_str(value).map_err(|_| wrong(format!("the header {name} has no valid value")))?;
        headers.try_append(name, value).map_err(|_| wrong("there are too many headers".to_owned()))?;
    }
    Ok((status, headers))
}

/// The messages of a client's thread, which ends after its current step once this is dropped.
struct Messages {
    receiver: Receiver<Sent>,
    abandoned: Arc<AtomicBool>,
}

impl Messages {
    /// Waits for the next message; ends with an error if [`Wait`] says so.
    fn next(&mut self, wait: &Wait) -> Sent {
        loop {
            match self.receiver.recv_timeout(wait.io_slice()?) {
                Ok(message) => return message,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err("its thread has ended".into()),
            }
        }
    }
}

impl Drop for Messages {
    fn drop(&mut self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }
}

/// The body of a response, as it arrives from the client's thread.
struct Body {
    messages: Messages,
    wait: Arc<Wait>,
    piece: io::Cursor<Vec<u8>>,
    ended: bool,
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.piece.read(buffer)?;
            if read > 0 || self.ended || buffer.is_empty() {
                return Ok(read);
            }
            match self.messages.next(&self.wait).map_err(io::Error::other)? {
                Message::Piece(piece) => {
                    self.wait.received(piece.len());
                    self.ended = piece.is_empty();
                    self.piece = io::Cursor::new(piece);
                }
                Message::Head(..) => return Err(io::Error::other("it has returned two responses")),
            }
        }
    }
}
