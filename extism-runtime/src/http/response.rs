//! Reading a response.

use std::{
    collections::BTreeMap,
    io::{self, Cursor, Read},
};

use ureq::{
    Body,
    http::{HeaderMap, Response, StatusCode, header},
};

use super::{
    HttpError,
    decode::{Coding, Encoding, FromWire, MAX_CODINGS, TooMuch, Wire, decoded},
    target::Target,
    wait::Wait,
};
use crate::shown;

/// Bytes that are read at a time.
const PIECE: usize = 64 * 1024;

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HttpResponse {
    /// The status code, whatever it is.
    pub(crate) status: u16,
    /// The headers by their names in lower case. Several of one name are joined by `, `. Where the body was decoded,
    /// those that describe it as it came are not among them.
    pub(crate) headers: BTreeMap<String, String>,
    /// The body, decoded if that can be done.
    pub(crate) body: Vec<u8>,
}

/// Told how many bytes of the body have come, and how many will come in all if that is known.
pub(crate) type OnBytes<'a> = &'a mut dyn FnMut(u64, Option<u64>);

/// Reads the body of a response, of at most `limit` bytes as the guest gets them.
pub(super) fn receive(
    response: Response<Body>,
    target: &Target,
    limit: u64,
    wait: &Wait,
    progress: OnBytes<'_>,
) -> Result<HttpResponse, HttpError> {
    let (mut head, body) = response.into_parts();
    let incoming = Incoming { headers: head.headers.clone(), target, limit, wait };
    let total = body.content_length();
    let mut body = Wire(body.into_reader());
    let codings = incoming.codings(head.status)?;
    if codings.is_empty() && total.is_some_and(|total| total > limit) {
        return Err(incoming.too_large());
    }
    let mut first = vec![0; PIECE];
    let read = incoming.piece(&mut body, &mut first)?;
    first.truncate(read);
    // A response to `HEAD` has the headers of a body, and none.
    if codings.is_empty() || first.is_empty() {
        let body = incoming.all(Cursor::new(first).chain(body), total, progress)?;
        return Ok(HttpResponse { status: head.status.as_u16(), headers: joined(&head.headers), body });
    }
    let body = decoded(Cursor::new(first).chain(body), &codings, encoded_limit(limit), wait);
    let body = incoming.all(body.map_err(|error| incoming.failed(error))?, None, progress)?;
    head.headers.remove(header::CONTENT_ENCODING);
    head.headers.remove(header::CONTENT_LENGTH);
    Ok(HttpResponse { status: head.status.as_u16(), headers: joined(&head.headers), body })
}

/// How many encoded bytes so many may be: codings make what can't be made shorter a little longer.
fn encoded_limit(limit: u64) -> u64 {
    limit.saturating_add(limit / 64).saturating_add(1024)
}

/// A response whose body is read.
struct Incoming<'a> {
    headers: HeaderMap,
    target: &'a Target,
    limit: u64,
    wait: &'a Wait,
}

impl Incoming<'_> {
    /// What the body is to be decoded by; nothing if it is to be left as it is.
    fn codings(&self, status: StatusCode) -> Result<Vec<Coding>, HttpError> {
        match Encoding::of(&self.headers) {
            // A part of what is encoded can't be decoded.
            _ if status == StatusCode::PARTIAL_CONTENT => Ok(Vec::new()),
            Encoding::Known(codings) => Ok(codings),
            Encoding::Unknown => Ok(Vec::new()),
            Encoding::TooMany => Err(self.undecodable(format!("it is encoded more than {MAX_CODINGS} times"))),
        }
    }

    /// The whole of what `body` gives.
    fn all(&self, mut body: impl Read, total: Option<u64>, progress: OnBytes<'_>) -> Result<Vec<u8>, HttpError> {
        let mut bytes = Vec::new();
        let mut buffer = vec![0; PIECE];
        loop {
            progress(bytes.len() as u64, total);
            let read = self.piece(&mut body, &mut buffer)?;
            let piece = buffer.get(..read).unwrap_or_default();
            if piece.is_empty() {
                return Ok(bytes);
            }
            if bytes.len() as u64 + piece.len() as u64 > self.limit {
                return Err(self.too_large());
            }
            bytes.extend_from_slice(piece);
        }
    }

    /// Reads what comes next, and tells how much that is; 0 is the end.
    fn piece(&self, body: &mut impl Read, buffer: &mut [u8]) -> Result<usize, HttpError> {
        // Decoding what is there already waits for nothing, but takes time.
        self.wait.slice().map_err(|stop| HttpError::stopped(stop, self.target))?;
        body.read(buffer).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: io::Error) -> HttpError {
        if let Some(stop) = self.wait.stopped() {
            return HttpError::stopped(stop, self.target);
        }
        if error.get_ref().is_some_and(|error| error.is::<TooMuch>()) {
            return self.too_large();
        }
        match error.downcast::<FromWire>() {
            Ok(FromWire(error)) => HttpError::of(error.into(), self.target, self.wait),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.undecodable("it ends too early".to_owned())
            }
            Err(error) => self.undecodable(error.to_string()),
        }
    }

    fn too_large(&self) -> HttpError {
        HttpError::TooLarge { url: self.target.shown(), limit: self.limit }
    }

    fn undecodable(&self, message: String) -> HttpError {
        let encodings = joined(&self.headers).remove(header::CONTENT_ENCODING.as_str()).unwrap_or_default();
        let encoding = shown::name(&encodings).to_string();
        HttpError::Encoding { url: self.target.shown(), encoding, message }
    }
}

/// The headers, those of one name joined. Bytes that aren't UTF-8 are read as Latin-1, as they once were meant.
fn joined(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let bytes = value.as_bytes();
        let value = std::str::from_utf8(bytes)
            .map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned);
        out.entry(name.as_str().to_owned())
            .and_modify(|all| {
                all.push_str(", ");
                all.push_str(&value);
            })
            .or_insert(value);
    }
    out
}
