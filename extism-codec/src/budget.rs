//! Limits the host memory that decoding JSON and MessagePack may take.
//!
//! Seven bytes of JSON, `{"":0},`, become a map of several hundred bytes. So where a plug-in has a limit
//! (`PluginBuilder::with_max_decoded_bytes`), the memory that a value will take is counted before it is decoded, from
//! its bytes alone: at most as much as a `serde_json::Value` of it takes.

use std::cell::Cell;

use crate::CodecError;

/// Bytes for a value in a vector, which has room for twice as many and is copied when it grows.
const VALUE: u64 = 96;
/// Bytes for a non-empty map: a node of a B-tree has room for eleven entries.
const MAP: u64 = 640;
/// Bytes for an entry of a map, in addition to its value and the text of its key.
const ENTRY: u64 = 128;
/// Bytes for a text, in addition to its own.
const TEXT: u64 = 16;
/// No value takes more than this many times its bytes, so short ones need not be counted.
const MOST: u64 = 512;

thread_local! {
    /// The limit of what this thread is decoding.
    static LIMIT: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// Decodes something under a limit, if there is one. Codecs take no limit as an argument, so it is kept per thread.
#[inline]
pub fn within<T>(limit: Option<u64>, decode: impl FnOnce() -> T) -> T {
    // The decoder is in one place, not one for each case, so that it is inlined.
    let outer = limit.map(|limit| Outer(LIMIT.replace(limit)));
    let decoded = decode();
    drop(outer);
    decoded
}

/// Restores the previous limit, even when a panic unwinds.
struct Outer(u64);

impl Drop for Outer {
    fn drop(&mut self) {
        LIMIT.set(self.0);
    }
}

/// Checks JSON against the current limit.
#[inline]
pub(crate) fn check_json(bytes: &[u8]) -> Result<(), CodecError> {
    check(bytes, "JSON", count_json)
}

/// Checks MessagePack against the current limit.
#[inline]
#[cfg(feature = "msgpack")]
pub(crate) fn check_msgpack(bytes: &[u8]) -> Result<(), CodecError> {
    check(bytes, "MessagePack", count_msgpack)
}

#[inline]
fn check(bytes: &[u8], what: &str, count: fn(&[u8], &mut Count) -> Option<()>) -> Result<(), CodecError> {
    // A plug-in's memory has a limit of its own.
    if cfg!(target_family = "wasm") {
        return Ok(());
    }
    let limit = LIMIT.get();
    if (bytes.len() as u64).saturating_mul(MOST) <= limit {
        return Ok(());
    }
    let mut counted = Count { left: limit, exceeded: false };
    // Malformed input is left for the decoder to report, which stops at the same place.
    let _ = count(bytes, &mut counted);
    if counted.exceeded { Err(too_large(what, bytes.len(), limit)) } else { Ok(()) }
}

#[cold]
fn too_large(what: &str, length: usize, limit: u64) -> CodecError {
    CodecError::new(format!(
        "{length} bytes of {what} would take more than {limit} bytes of memory once decoded; raise the limit with \
         `PluginBuilder::with_max_decoded_bytes` if they may take more"
    ))
}

struct Count {
    left: u64,
    exceeded: bool,
}

impl Count {
    /// `None` once the limit is exceeded.
    fn take(&mut self, bytes: u64) -> Option<()> {
        let left = self.left.checked_sub(bytes);
        self.exceeded |= left.is_none();
        self.left = left?;
        Some(())
    }
}

fn count_json(bytes: &[u8], count: &mut Count) -> Option<()> {
    count.take(VALUE)?;
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'"' => {
                let length = text_length(rest);
                count.take(TEXT + length as u64)?;
                rest = rest.get(length + 1..)?;
            }
            b',' | b'[' => count.take(VALUE)?,
            b'{' => {
                let is_empty = rest.trim_ascii_start().first() == Some(&b'}');
                count.take(if is_empty { 0 } else { MAP + VALUE })?;
            }
            b':' => count.take(ENTRY)?,
            _ => {}
        }
    }
    Some(())
}

/// The length of a text up to its closing quote.
fn text_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Values follow each other, nested ones too, so they are counted one after the other
/// (<https://github.com/msgpack/msgpack/blob/master/spec.md>).
#[cfg(feature = "msgpack")]
fn count_msgpack(mut bytes: &[u8], count: &mut Count) -> Option<()> {
    while let Some((marker, rest)) = bytes.split_first() {
        count.take(VALUE)?;
        let (length, rest) = match marker {
            0x80..=0x8f => entries(u64::from(marker & 0x0f), rest, count)?,
            0xde => entries(u64::from(u16::from_be_bytes(*rest.first_chunk()?)), rest.get(2..)?, count)?,
            0xdf => entries(u64::from(u32::from_be_bytes(*rest.first_chunk()?)), rest.get(4..)?, count)?,
            0xa0..=0xbf => text(usize::from(marker & 0x1f), rest, count)?,
            0xc4 | 0xd9 => text(usize::from(*rest.first()?), rest.get(1..)?, count)?,
            0xc5 | 0xda => text(usize::from(u16::from_be_bytes(*rest.first_chunk()?)), rest.get(2..)?, count)?,
            0xc6 | 0xdb => text(u32::from_be_bytes(*rest.first_chunk()?) as usize, rest.get(4..)?, count)?,
            0xc7 => text(usize::from(*rest.first()?) + 1, rest.get(1..)?, count)?,
            0xc8 => text(usize::from(u16::from_be_bytes(*rest.first_chunk()?)) + 1, rest.get(2..)?, count)?,
            0xc9 => text(u32::from_be_bytes(*rest.first_chunk()?) as usize, rest.get(5..)?, count)?,
            0xcc | 0xd0 => (1, rest),
            0xcd | 0xd1 | 0xd4 | 0xdc => (2, rest),
            0xd5 => (3, rest),
            0xca | 0xce | 0xd2 | 0xdd => (4, rest),
            0xd6 => (5, rest),
            0xcb | 0xcf | 0xd3 => (8, rest),
            0xd7 => (9, rest),
            0xd8 => (17, rest),
            _ => (0, rest),
        };
        bytes = rest.get(length..)?;
    }
    Some(())
}

/// A map; its keys and values follow.
#[cfg(feature = "msgpack")]
fn entries<'a>(entries: u64, rest: &'a [u8], count: &mut Count) -> Option<(usize, &'a [u8])> {
    if entries > 0 {
        count.take(MAP.saturating_add(entries.saturating_mul(ENTRY)))?;
    }
    Some((0, rest))
}

/// A text or bytes, which are skipped.
#[cfg(feature = "msgpack")]
fn text<'a>(length: usize, rest: &'a [u8], count: &mut Count) -> Option<(usize, &'a [u8])> {
    count.take(TEXT + length as u64)?;
    Some((length, rest))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{Decode, Json};

    fn json(text: &str, limit: u64) -> Result<Value, CodecError> {
        within(Some(limit), || Json::<Value>::decode(text.as_bytes()).map(Json::into_inner))
    }

    #[test]
    fn small_values_of_many_kinds_are_refused_before_they_are_made() {
        for unit in [r#"{"":0}"#, "0", "[]", r#""""#, "[[0]]", r#"{"a":{"b":{"c":1}}}"#, "null", "1.5", "{}"] {
            let text = format!("[{}]", [unit].repeat(1_000_000 / unit.len()).join(","));
            let error = json(&text, 1 << 20).expect_err(unit).to_string();
            assert!(error.contains("bytes of JSON would take more than 1048576 bytes of memory"), "{error}");
            assert!(json(&text, u64::MAX - 1).is_ok(), "{unit}");
        }
    }

    #[test]
    fn what_stands_in_texts_is_text() {
        let text = serde_json::to_string(&"[{\",:\\\"".repeat(10_000)).expect("JSON");
        assert!(json(&text, 200_000).is_ok());
        assert!(json(&text, text.len() as u64).is_err());
        // Malformed JSON is left for the decoder to explain.
        let error = json(&format!("\"{}", "\\".repeat(100_001)), 1 << 20).expect_err("no end").to_string();
        assert!(error.contains("EOF"), "{error}");
    }

    #[test]
    fn a_limit_ends_with_what_it_is_for() {
        let text = format!("[{}0]", "0,".repeat(100_000));
        let inner = within(Some(1 << 30), || json(&text, 1000));
        assert!(inner.is_err());
        let _ = std::panic::catch_unwind(|| within(Some(1), || panic!("in a decoder")));
        assert!(Json::<Value>::decode(text.as_bytes()).is_ok(), "without a limit");
    }

    #[test]
    #[cfg(feature = "msgpack")]
    fn messagepack_is_counted_as_json_is() {
        use crate::Msgpack;

        let decode = |bytes: &[u8], limit| within(Some(limit), || Msgpack::<Value>::decode(bytes).map(drop));
        for (what, unit) in [("maps", &[0x81, 0xa1, b'a', 0][..]), ("numbers", &[0]), ("texts", &[0xa0])] {
            let mut bytes = vec![0xdd, 0, 1, 0, 0];
            bytes.extend(unit.repeat(1 << 16));
            let error = decode(&bytes, 1 << 20).expect_err(what).to_string();
            assert!(error.contains("bytes of MessagePack would take"), "{error}");
            decode(&bytes, u64::MAX - 1).unwrap_or_else(|error| panic!("{what}: {error}"));
        }
        let announced = [&[0xdf, 0xff, 0xff, 0xff, 0xff][..], &vec![0; 100_000]].concat();
        assert!(decode(&announced, 1 << 20).expect_err("too many").to_string().contains("would take more than"));
        let value = serde_json::json!({"a": [1, -70_000, 2.5, "x".repeat(70_000), null], "b": {"c": u64::MAX}});
        let bytes = rmp_serde::to_vec_named(&value).expect("MessagePack");
        decode(&bytes, 100_000).expect("few values");
    }
}
