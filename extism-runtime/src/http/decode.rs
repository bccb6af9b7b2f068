//! Bodies that the server has compressed.
//!
//! A few bytes may stand for very many, or for none at all: each coding's input and output are counted, and
//! the deadline and a cancel are looked at between all of them.

use std::{
    fmt,
    io::{self, Cursor, Read},
};

use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use ureq::http::{HeaderMap, header};

use super::wait::Wait;

/// The most codings, one within the other, that are decoded.
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

/// How a body is encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// By these codings, in the order in which they were applied; by none at all, too.
    Known(Vec<Coding>),
    /// By one at least that cannot be decoded here, so that all is left as it is.
    Unknown,
    /// By more than [`MAX_CODINGS`].
    TooMany,
}

impl Encoding {
    /// What the headers say.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut codings = Vec::new();
        for value in headers.get_all(header::CONTENT_ENCODING) {
            let Ok(value) = value.to_str() else { return Self::Unknown };
            for name in value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                match coding(name) {
                    Some(coding) => codings.extend(coding),
                    None => return Self::Unknown,
                }
            }
        }
        if codings.len() > MAX_CODINGS { Self::TooMany } else { Self::Known(codings) }
    }
}

/// The coding of a name, which may be no change at all.
fn coding(name: &str) -> Option<Option<Coding>> {
    let coding = match name.to_ascii_lowercase().as_str() {
        "identity" => None,
        "gzip" | "x-gzip" => Some(Coding::Gzip),
        "deflate" => Some(Coding::Deflate),
        "br" => Some(Coding::Brotli),
        _ => return None,
    };
    Some(coding)
}

/// Undoes the codings, the last one first. Of what goes into each at most `most` bytes are read.
///
/// Errors of reading are [`FromWire`] where they are `body`'s, and [`TooMuch`] at that limit.
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
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "its window is larger than HTTP allows"));
                }
                Box::new(Decompressor::new(Cursor::new(start).chain(input), BUFFER))
            }
        };
    }
    Ok(reader)
}

/// The first two bytes, or as many as there are.
fn start_of(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    reader.by_ref().take(2).read_to_end(&mut start)?;
    Ok(start)
}

/// Whether this begins the format of RFC 1950, which `deflate` means; some servers send that of RFC 1951.
fn is_zlib(start: &[u8]) -> bool {
    matches!(*start, [method, flags] if method & 0x0f == 8 && u16::from_be_bytes([method, flags]) % 31 == 0)
}

/// Whether this begins what RFC 7932 reserves, and an extension uses for windows of up to a gigabyte.
fn has_large_window(start: &[u8]) -> bool {
    start.first().is_some_and(|byte| byte & 0x7f == 0x11)
}

/// What goes into a decoder.
struct Bounded<'w, R> {
    inner: R,
    /// How many more bytes may.
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

/// More went into a decoder than a response may have.
#[derive(Debug)]
pub(super) struct TooMuch;

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the response is too large")
    }
}

impl std::error::Error for TooMuch {}

/// A body as it comes, whose errors can be told from those of decoders.
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
