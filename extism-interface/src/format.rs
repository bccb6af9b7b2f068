//! Wire formats.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use crate::text;

/// What kind of bytes a value becomes, as text: `json`, `utf8`, `base64<bytes>`, ...
///
/// | text | bytes |
/// | --- | --- |
/// | `none` | none |
/// | `utf8` | text in UTF-8 |
/// | `bytes`, `bytes<N>` | any, or `N` of them |
/// | `bool` | one: 0 is false |
/// | `u8` .. `u128`, `i8` .. `i128`, `f32`, `f64` | a number, little endian |
/// | `json`, `msgpack`, `protobuf` | a value in that format |
/// | `raw<N>` | a structure of `N` bytes |
/// | `scalar<i32>` and the like | none: an argument or a result of a host function that is the WebAssembly value itself |
/// | `base64<FORMAT>` | what is in the angle brackets, in standard Base64 |
/// | `optional<FORMAT>` | none, or what is in the angle brackets |
/// | `result<FORMAT>` | a byte 0 and what is in the angle brackets, or a byte 1 and an error as JSON |
///
/// Other texts are allowed; they are compared as they are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Format(Cow<'static, str>);

/// A [`Format`], taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormatKind<'f> {
    /// No bytes.
    None,
    /// Text in UTF-8.
    Utf8,
    /// Any bytes.
    Bytes,
    /// JSON.
    Json,
    /// MessagePack.
    Msgpack,
    /// This in Base64.
    Base64(&'f str),
    /// No bytes: the WebAssembly value itself, of this type.
    Scalar(&'f str),
    /// No bytes, or this.
    Optional(&'f str),
    /// A byte 0 and this, or a byte 1 and an error.
    Result(&'f str),
    /// A format whose values have no further structure here.
    Other(&'f str),
}

impl Format {
    /// No bytes.
    pub const NONE: Self = Self::of("none");
    /// Text in UTF-8.
    pub const UTF8: Self = Self::of("utf8");
    /// Any bytes.
    pub const BYTES: Self = Self::of("bytes");
    /// JSON.
    pub const JSON: Self = Self::of("json");
    /// MessagePack; structures are arrays of their fields.
    pub const MSGPACK: Self = Self::of("msgpack");

    /// Creates a format of its text.
    #[must_use]
    pub const fn of(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// Creates a format of its text.
    #[must_use]
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self(text.into())
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes the format apart.
    #[must_use]
    pub fn kind(&self) -> FormatKind<'_> {
        kind(&self.0)
    }

    /// Returns the format of the value itself: that of `base64<json>` is JSON.
    #[must_use]
    pub fn innermost(&self) -> FormatKind<'_> {
        let mut format = self.kind();
        while let FormatKind::Base64(inner) | FormatKind::Optional(inner) | FormatKind::Result(inner) = format {
            format = kind(inner);
        }
        format
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::name(&self.0).fmt(f)
    }
}

fn kind(text: &str) -> FormatKind<'_> {
    let inside = |name: &str| text.strip_prefix(name)?.strip_prefix('<')?.strip_suffix('>');
    match text {
        "none" => FormatKind::None,
        "utf8" => FormatKind::Utf8,
        "bytes" => FormatKind::Bytes,
        "json" => FormatKind::Json,
        "msgpack" => FormatKind::Msgpack,
        other => {
            let found = inside("base64").map(FormatKind::Base64);
            let found = found.or_else(|| inside("optional").map(FormatKind::Optional));
            let found = found.or_else(|| inside("result").map(FormatKind::Result));
            found.or_else(|| inside("scalar").map(FormatKind::Scalar)).unwrap_or(FormatKind::Other(other))
        }
    }
}

/// Whether a reader of one format understands what a writer of the other one writes.
pub(crate) fn reads(reader: &Format, writer: &Format) -> bool {
    reads_text(&reader.0, &writer.0)
}

fn reads_text(reader: &str, writer: &str) -> bool {
    use FormatKind::{Base64, Bytes, Json, None, Optional, Result, Scalar, Utf8};

    match (kind(reader), kind(writer)) {
        // A number in place of a block's offset, or the other way, is something else in any case.
        (Scalar(_), _) | (_, Scalar(_)) => reader == writer,
        // Whatever comes is ignored, or taken as it is.
        // Of text that it takes as such, a reader knows nothing.
        (None | Bytes, _) | (Optional(_) | Utf8, None) | (Utf8, Utf8 | Json | Base64(_)) => true,
        (Optional(reader), Optional(writer)) | (Base64(reader), Base64(writer)) | (Result(reader), Result(writer)) => {
            reads_text(reader, writer)
        }
        (Optional(reader), _) => reads_text(reader, writer),
        (Utf8, Optional(writer)) => reads_text(reader, writer),
        _ => reader == writer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_takes_what_it_understands() {
        let rows = [
            ("json", "json", true),
            ("json", "msgpack", false),
            ("json", "utf8", false),
            ("utf8", "json", true),
            ("utf8", "bytes", false),
            ("bytes", "raw<8>", true),
            ("bytes", "utf8", true),
            ("none", "json", true),
            ("json", "none", false),
            ("optional<json>", "none", true),
            ("optional<json>", "json", true),
            ("json", "optional<json>", false),
            ("utf8", "optional<utf8>", true),
            ("base64<bytes>", "base64<utf8>", true),
            ("base64<utf8>", "base64<bytes>", false),
            ("u32", "u64", false),
            ("u64", "u64", true),
            ("raw<16>", "raw<8>", false),
            ("cbor", "cbor", true),
            ("scalar<i64>", "scalar<i64>", true),
            ("bytes", "scalar<i64>", false),
            ("scalar<i64>", "none", false),
        ];
        for (reader, writer, expected) in rows {
            assert_eq!(reads_text(reader, writer), expected, "{reader} reads {writer}");
        }
    }

    #[test]
    fn the_innermost_format_is_that_of_the_value() {
        assert_eq!(Format::of("base64<optional<json>>").innermost(), FormatKind::Json);
        assert_eq!(Format::of("base64<").innermost(), FormatKind::Other("base64<"));
    }
}
