//! Bodies that servers have compressed.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};

use super::server::{Server, get, get_with};
use crate::{
    http::{HttpError, response::HttpResponse, send},
    manifest::HttpRequest,
};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// `hello, brotli`, and 4 MiB of zeros.
const BROTLI: &[u8] = b"\x0b\x06\x80hello, brotli\x03";
const BROTLI_BOMB: &[u8] = b"\x9b\xff\xff\x3f\xf8\x27\x00\xe2\xb1\x40\x20\xf7\xfe\x07";

/// Starts a server that responds with these bytes in this encoding.
fn server(encoding: &str, body: &[u8]) -> Server {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\ncontent-encoding: {encoding}\r\ncontent-type: text/plain\r\n\r\n",
        body.len()
    );
    Server::saying([head.as_bytes(), body].concat())
}

fn body_of(encoding: &str, body: &[u8]) -> Result<Vec<u8>, HttpError> {
    get(&server(encoding, body).url("/")).map(|response| response.body)
}

fn names(response: &HttpResponse) -> Vec<&str> {
    response.headers.keys().map(String::as_str).collect()
}

#[test]
fn what_a_server_compressed_is_decoded_and_its_headers_say_so() {
    let text = "hello ".repeat(20_000);
    for (encoding, body) in [
        ("gzip", gzip(text.as_bytes())),
        ("X-GZip", gzip(text.as_bytes())),
        ("deflate", zlib(text.as_bytes())),
        ("deflate", deflate(text.as_bytes())),
        ("gzip, deflate", zlib(&gzip(text.as_bytes()))),
        ("identity,gzip,, identity", gzip(text.as_bytes())),
        // A file of several members is valid.
        ("gzip", [gzip(&text.as_bytes()[..70_000]), gzip(&text.as_bytes()[70_000..])].concat()),
    ] {
        let response = get(&server(encoding, &body).url("/")).unwrap();
        assert!(response.body == text.as_bytes(), "{encoding}");
        assert_eq!(names(&response), ["content-type"], "{encoding}");
    }
    assert_eq!(body_of("br", BROTLI).unwrap(), b"hello, brotli");
    assert_eq!(body_of("br", BROTLI_BOMB).unwrap().len(), 4 << 20);
    let (zip, brotli) = (gzip(BROTLI), gzip(b""));
    assert_eq!(body_of("br, gzip", &zip).unwrap(), b"hello, brotli");
    assert_eq!(body_of("gzip", &brotli).unwrap(), b"");
}

#[test]
fn a_header_of_its_own_for_each_coding_is_the_same() {
    let body = gzip(&zlib(b"text"));
    let head = "HTTP/1.1 200 OK\r\ncontent-encoding: deflate\r\ncontent-encoding: gzip\r\n\r\n";
    let server = Server::saying([head.as_bytes(), &body].concat());
    assert_eq!(get(&server.url("/")).unwrap().body, b"text");
}

#[test]
fn what_cannot_be_decoded_is_given_as_it_is_with_its_header() {
    for encoding in ["zstd", "gzip, zstd", "zstd, gzip", "compress", "\u{e9}"] {
        let response = get(&server(encoding, b"\x28\xb5\x2f\xfd").url("/")).unwrap();
        assert_eq!(response.body, b"\x28\xb5\x2f\xfd", "{encoding}");
        assert_eq!(names(&response), ["content-encoding", "content-length", "content-type"], "{encoding}");
    }
}

#[test]
fn where_there_is_nothing_to_decode_headers_stay() {
    let server = server("gzip", &gzip(b"what the head does not send"));
    let head = send(
        &HttpRequest::new(server.url("/")).with_method("HEAD"),
        None,
        &crate::http::HttpPolicy::new(&crate::http::AllowedHosts::Any),
    );
    let head = head.unwrap();
    assert_eq!((head.body.len(), names(&head)), (0, vec!["content-encoding", "content-length", "content-type"]));
    for answer in [
        "HTTP/1.1 204 No Content\r\ncontent-encoding: gzip\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\ncontent-encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 206 Partial Content\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n\x1f\x03",
    ] {
        let response = get(&Server::saying(answer).url("/")).unwrap();
        assert!(names(&response).contains(&"content-encoding"), "{answer}: {response:?}");
    }
}

#[test]
fn what_is_damaged_or_cut_off_is_an_error_that_names_the_encoding() {
    let whole = gzip(&(0..=255).cycle().take(5_000).collect::<Vec<u8>>());
    let cut = &whole[..whole.len() / 2];
    let mut damaged = whole.clone();
    damaged[whole.len() - 6] ^= 1;
    let garbage = [&whole[..], b"more"].concat();
    for (encoding, body) in [
        ("gzip", cut),
        ("gzip", &damaged),
        ("gzip", b"no gzip"),
        ("gzip", &garbage),
        ("deflate", b"\xff"),
        ("deflate", b"\x78\x9c\xff\xff"),
        ("br", b"\x0b\x06\x80he"),
        ("br", b"\xff\xff\xff\xff"),
        // A window of a gigabyte.
        ("br", b"\x11\x1e\x00\x00"),
        ("gzip, gzip", &whole),
    ] {
        let error = body_of(encoding, body).unwrap_err();
        assert!(matches!(&error, HttpError::Encoding { encoding: told, .. } if told == encoding), "{error}");
    }
    let error = body_of("gzip", cut).unwrap_err().to_string();
    assert!(error.ends_with("/ cannot be decoded as \"gzip\": it ends prematurely"), "{error}");
}

/// The limit applies to what the plug-in receives; the encoded body may exceed it by the overhead of its coding.
#[test]
fn the_limit_is_of_decoded_bytes() {
    let noise: Vec<u8> = (0..2_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let zeros = vec![0; 2_000];
    for bytes in [&noise, &zeros] {
        let server = server("gzip", &gzip(bytes));
        let limited = |limit| get_with(&server.url("/"), |policy| policy.max_response_bytes = limit);
        assert!(limited(2_000).unwrap().body == *bytes);
        assert!(matches!(limited(1_999), Err(HttpError::TooLarge { limit: 1_999, .. })));
    }
}

fn assert_is_too_large(encoding: &str, body: &[u8]) {
    let server = server(encoding, body);
    let result = get_with(&server.url("/"), |policy| policy.max_response_bytes = 1 << 20);
    assert!(matches!(result, Err(HttpError::TooLarge { limit: 1_048_576, .. })), "{encoding}: {result:?}");
}

#[test]
fn bombs_end_at_the_limit() {
    let zeros = vec![0; 64 << 20];
    let bomb = gzip(&zeros);
    assert!(bomb.len() < 1 << 20, "small before decoding");
    assert_is_too_large("gzip", &bomb);
    assert_is_too_large("gzip, gzip", &gzip(&bomb));
    assert_is_too_large("gzip, gzip, gzip", &gzip(&gzip(&bomb)));
    assert_is_too_large("deflate", &zlib(&zeros));
    assert_is_too_large("br", BROTLI_BOMB);
    assert_is_too_large("br, gzip", &gzip(BROTLI_BOMB));
    // Millions of empty members: nothing comes out, but that is not a reason to read on.
    let nothing = gzip(b"").repeat(4 << 16);
    assert_is_too_large("gzip", &nothing);
    assert_is_too_large("gzip, gzip", &gzip(&nothing));
}

#[test]
fn codings_are_few() {
    let encode = |times: usize| (0..times).fold(b"text".to_vec(), |bytes, _| gzip(&bytes));
    let encoding = |times: usize| vec!["gzip"; times].join(", ");
    assert_eq!(body_of(&encoding(5), &encode(5)).unwrap(), b"text");
    for times in [6, 5_000] {
        let error = body_of(&encoding(times), &encode(6)).unwrap_err();
        assert!(error.to_string().ends_with("it is encoded more than 5 times"), "{error}");
    }
}

/// Nothing here waits: it is the decoder that takes time.
#[test]
fn decoding_ends_at_the_deadline_and_soon_after_a_cancel() {
    let nothing = gzip(&gzip(b"").repeat(1 << 20));
    let server = server("gzip, gzip", &nothing);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let result = get_with(&server.url("/"), |policy| {
        policy.max_response_bytes = u64::MAX;
        // Called much more often than pieces arrive from the server, which sends only a few.
        policy.cancelled = Arc::new(move || count.fetch_add(1, Ordering::Relaxed) > 500);
    });
    assert!(matches!(result, Err(HttpError::Cancelled)), "{result:?}");
    assert!(asked.load(Ordering::Relaxed) > 500);

    let body = gzip(&vec![0; 256 << 20]);
    let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n";
    let server = Server::repeating(head, body, Duration::from_millis(1));
    let deadline = Instant::now() + Duration::from_millis(300);
    let result = get_with(&server.url("/"), |policy| {
        policy.max_response_bytes = u64::MAX;
        policy.deadline = Some(deadline);
    });
    assert!(matches!(result, Err(HttpError::Timeout)), "{result:?}");
}
