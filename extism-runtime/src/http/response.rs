//! Reads responses.

use std::{
    collections::BTreeMap,
    io::{self, Cursor, Read},
    sync::Arc,
};

use ureq::{
    Body,
    http::{HeaderMap, Response, StatusCode, header},
};

use super::{
    HttpError,
    account::Connection,
    decode::{Coding, Encoding, FromWire, MAX_CODINGS, TooMuch, Wire, decoded},
    target::Target,
    wait::Wait,
};
use crate::display;

/// Bytes that are read at a time.
const PIECE: usize = 64 * 1024;

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HttpResponse {
    /// The status code, whatever it is.
    pub(crate) status: u16,
    /// The headers by lower-case name. Several with the same name are joined with `, `. If the body was decoded,
    /// headers that describe its encoded form are removed.
    pub(crate) headers: BTreeMap<String, String>,
    /// The body, decoded if possible.
    pub(crate) body: Vec<u8>,
}

/// The head of a response, and a body that was not read yet.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The length of the body, if it is known.
    pub(super) length: Option<u64>,
    pub(super) body: Box<dyn Read>,
    /// The connection that it comes from, if that counts until it was read.
    pub(super) connection: Option<Arc<Connection>>,
}

impl Answer {
    pub(super) fn of(response: Response<Body>, connection: Arc<Connection>) -> Self {
        let (head, body) = response.into_parts();
        Self {
            status: head.status,
            headers: head.headers,
            length: body.content_length(),
            body: Box::new(body.into_reader()),
            connection: Some(connection),
        }
    }
}

/// Called with the number of bytes of the body received so far, and the total if known.
pub(crate) type OnBytes<'a> = &'a mut dyn FnMut(u64, Option<u64>);

/// Reads the body of a response; the decoded body may have at most `limit` bytes.
pub(super) fn receive(
    answer: Answer,
    target: &Target,
    limit: u64,
    wait: &Wait,
    progress: OnBytes<'_>,
) -> Result<HttpResponse, HttpError> {
    let Answer { status, mut headers, length: total, body, connection: _connection } = answer;
    let incoming = Incoming { headers: headers.clone(), target, limit, wait };
    let mut body = Wire(body);
    let codings = incoming.codings(status)?;
    if codings.is_empty() && total.is_some_and(|total| total > limit) {
        return Err(incoming.too_large());
    }
    let mut first = vec![0; PIECE];
    let read = incoming.piece(&mut body, &mut first)?;
    first.truncate(read);
    // A response to `HEAD` has the headers of a body, but no body.
    if codings.is_empty() || first.is_empty() {
        let body = incoming.all(Cursor::new(first).chain(body), total, progress)?;
        return Ok(HttpResponse { status: status.as_u16(), headers: joined(&headers), body });
    }
    let body = decoded(Cursor::new(first).chain(body), &codings, encoded_limit(limit), wait);
    let body = incoming.all(body.map_err(|error| incoming.failed(error))?, None, progress)?;
    headers.remove(header::CONTENT_ENCODING);
    headers.remove(header::CONTENT_LENGTH);
    Ok(HttpResponse { status: status.as_u16(), headers: joined(&headers), body })
}

/// Returns how many encoded bytes are allowed for `limit` decoded ones: codings make incompressible data a little
/// longer.
fn encoded_limit(limit: u64) -> u64 {
    limit.saturating_add(limit / 64).saturating_add(1024)
}

/// A response while its body is read.
struct Incoming<'a> {
    headers: HeaderMap,
    target: &'a Target,
    limit: u64,
    wait: &'a Wait,
}

impl Incoming<'_> {
    /// Returns the codings to decode the body with; none if it is to be left as it is.
    fn codings(&self, status: StatusCode) -> Result<Vec<Coding>, HttpError> {
        match Encoding::of(&self.headers) {
            // A part of encoded data cannot be decoded.
            _ if status == StatusCode::PARTIAL_CONTENT => Ok(Vec::new()),
            Encoding::Known(codings) => Ok(codings),
            Encoding::Unknown => Ok(Vec::new()),
            Encoding::TooMany => Err(self.undecodable(format!("it is encoded more than {MAX_CODINGS} times"))),
        }
    }

    /// Reads all of `body`.
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

    /// Reads the next piece, and returns its length; 0 at the end.
    fn piece(&self, body: &mut impl Read, buffer: &mut [u8]) -> Result<usize, HttpError> {
        // Decoding data that has already arrived does not wait, but takes time.
        self.wait.slice().map_err(|stop| HttpError::stopped(stop, self.target))?;
        body.read(buffer).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: io::Error) -> HttpError {
        if let Some(stop) = self.wait.stopped() {
            return HttpError::stopped(stop, self.target);
        }
        if matches!(error.get_ref(), Some(source) if source.is::<TooMuch>()) {
            return self.too_large();
        }
        match error.downcast::<FromWire>() {
            Ok(FromWire(error)) => HttpError::of(error.into(), self.target, self.wait),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.undecodable("it ends prematurely".to_owned())
            }
            Err(error) => self.undecodable(error.to_string()),
        }
    }

    fn too_large(&self) -> HttpError {
        HttpError::TooLarge { url: self.target.display_url(), limit: self.limit }
    }

    fn undecodable(&self, message: String) -> HttpError {
        let encodings = joined(&self.headers).remove(header::CONTENT_ENCODING.as_str()).unwrap_or_default();
        let encoding = display::name(&encodings).to_string();
        HttpError::Encoding { url: self.target.display_url(), encoding, message }
    }
}

/// Returns the headers, joining those with the same name. Bytes that are not UTF-8 are read as Latin-1, their original
/// meaning.
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
