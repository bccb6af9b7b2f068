//! Decompresses response bodies.
//!
//! A few bytes may expand to very many, or to none at all. So the input and output of each coding are counted, and the
//! deadline and cancellation are checked between all of them.

use std::{
    fmt,
    io::{self, Cursor, Read},
};

use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use ureq::http::{HeaderMap, header};

use super::wait::Wait;

/// Maximum number of nested codings.
pub(super) const MAX_CODINGS: usize = 5;

/// Bytes that a decoder reads at a time.
const BUFFER: usize = 8 * 1024;

/// A content coding (RFC 9110, section 8.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Deflate,
    Brotli,
}

/// The encoding of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// These codings, in the order in which they were applied; may be empty.
    Known(Vec<Coding>),
    /// At least one coding is not supported, so the body is left as it is.
    Unknown,
    /// More than [`MAX_CODINGS`] codings.
    TooMany,
}

impl Encoding {
    /// Returns the encoding that the headers state.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut codings = Vec::new();
        for value in headers.get_all(header::CONTENT_ENCODING) {
            let Ok(value) = value.to_str() else { return Self::Unknown };
            for name in value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                if !name.eq_ignore_ascii_case("identity") {
                    let Some(coding) = coding(name) else { return Self::Unknown };
                    codings.push(coding);
                }
            }
        }
        if codings.len() > MAX_CODINGS { Self::TooMany } else { Self::Known(codings) }
    }
}

/// Returns the coding of a name, if it is supported.
fn coding(name: &str) -> Option<Coding> {
    match name.to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" => Some(Coding::Gzip),
        "deflate" => Some(Coding::Deflate),
        "br" => Some(Coding::Brotli),
        _ => None,
    }
}

/// Reverses the codings, the last one first. Reads at most `most` bytes of each coding's input.
///
/// Read errors are [`FromWire`] if they come from `body`, and [`TooMuch`] if that limit is reached.
pub(super) fn decoded<'r>(
    body: impl Read + 'r,
    codings: &[Coding],
    most: u64,
    wait: &'r Wait,
) -> io::Result<Box<dyn Read + 'r>> {
    let mut reader: Box<dyn Read + 'r> = Box::new(body);
    for coding in codings.iter().rev() {
        let mut input = Bounded { inner: reader, left: most, wait };
        reader = match coding {
            Coding::Gzip => Box::new(MultiGzDecoder::new(input)),
            Coding::Deflate => {
                let start = start_of(&mut input)?;
                let is_zlib = is_zlib(&start);
                let input = Cursor::new(start).chain(input);
                if is_zlib { Box::new(ZlibDecoder::new(input)) } else { Box::new(DeflateDecoder::new(input)) }
            }
            Coding::Brotli => {
                let start = start_of(&mut input)?;
                if has_large_window(&start) {
                    return Err(io::Error::new(
                        io::ErrorKind::InvalidData,
                        "its compression window is larger than HTTP allows",
                    ));
                }
                Box::new(Decompressor::new(Cursor::new(start).chain(input), BUFFER))
            }
        };
    }
    Ok(reader)
}

/// Returns the first two bytes, or as many as there are.
fn start_of(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    reader.by_ref().take(2).read_to_end(&mut start)?;
    Ok(start)
}

/// Returns whether this is the start of the RFC 1950 format, which `deflate` means; some servers send RFC 1951's.
fn is_zlib(start: &[u8]) -> bool {
    matches!(*start, [method, flags] if method & 0x0f == 8 && u16::from_be_bytes([method, flags]) % 31 == 0)
}

/// Returns whether this start is one that RFC 7932 reserves, and an extension uses for windows of up to a gigabyte.
fn has_large_window(start: &[u8]) -> bool {
    start.first().is_some_and(|byte| byte & 0x7f == 0x11)
}

/// The input of a decoder.
struct Bounded<'w, R> {
    inner: R,
    /// How many more bytes it may read.
    left: u64,
    wait: &'w Wait,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.wait.io_slice()?;
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| io::Error::other(TooMuch))?;
        Ok(read)
    }
}

/// A decoder's input exceeded the limit of a response.
#[derive(Debug)]
pub(super) struct TooMuch;

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the response is too large")
    }
}

impl std::error::Error for TooMuch {}

/// A body as received; marks its errors so that they can be told apart from decoders' errors.
pub(super) struct Wire<R>(pub(super) R);

impl<R: Read> Read for Wire<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| io::Error::other(FromWire(error)))
    }
}

/// The body itself could not be read.
#[derive(Debug)]
pub(super) struct FromWire(pub(super) io::Error);

impl fmt::Display for FromWire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for FromWire {}
