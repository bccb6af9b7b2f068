use std::fmt;

/// What kind of bytes a type's codec writes or reads, as the description of an interface tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Not known.
    Unknown,
    /// No bytes.
    None,
    /// Text in UTF-8.
    Utf8,
    /// Any bytes.
    Bytes,
    /// So many bytes.
    FixedBytes(usize),
    /// A byte: 0 is false.
    Bool,
    /// A number, little endian: `u32`.
    Number(&'static str),
    /// The WebAssembly value itself, not a block of bytes: `i32`.
    Scalar(&'static str),
    /// JSON.
    Json,
    /// MessagePack.
    Msgpack,
    /// Protocol Buffers.
    Protobuf,
    /// The bytes of a plain-old-data structure; its size.
    Raw(usize),
    /// This in Base64.
    Base64(&'static Format),
    /// No bytes, or this.
    Optional(&'static Format),
}

impl Format {
    /// Whether nothing is known of the bytes.
    #[must_use]
    pub const fn is_unknown(self) -> bool {
        match self {
            Self::Unknown => true,
            Self::Base64(inner) | Self::Optional(inner) => inner.is_unknown(),
            _ => false,
        }
    }

    /// Writes the format's text, without an allocator, so that it can be part of a constant; returns the length.
    /// Bytes that do not fit are counted only.
    #[must_use]
    pub const fn write(self, at: usize, out: &mut [u8]) -> usize {
        match self {
            Self::Unknown => put("unknown", at, out),
            Self::None => put("none", at, out),
            Self::Utf8 => put("utf8", at, out),
            Self::Bytes => put("bytes", at, out),
            Self::Bool => put("bool", at, out),
            Self::Number(name) => put(name, at, out),
            Self::Json => put("json", at, out),
            Self::Msgpack => put("msgpack", at, out),
            Self::Protobuf => put("protobuf", at, out),
            Self::Scalar(name) => put(">", put(name, put("scalar<", at, out), out), out),
            Self::FixedBytes(size) => put(">", digits(size, put("bytes<", at, out), out), out),
            Self::Raw(size) => put(">", digits(size, put("raw<", at, out), out), out),
            Self::Base64(inner) => put(">", inner.write(put("base64<", at, out), out), out),
            Self::Optional(inner) => put(">", inner.write(put("optional<", at, out), out), out),
        }
    }
}

const fn put(text: &str, at: usize, out: &mut [u8]) -> usize {
    let bytes = text.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if at + index < out.len() {
            out[at + index] = bytes[index];
        }
        index += 1;
    }
    at + index
}

const fn digits(number: usize, at: usize, out: &mut [u8]) -> usize {
    let at = if number >= 10 { digits(number / 10, at, out) } else { at };
    if at < out.len() {
        #[allow(clippy::cast_possible_truncation, reason = "it is less than 10")]
        let digit = (number % 10) as u8;
        out[at] = b'0' + digit;
    }
    at + 1
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::None => f.write_str("none"),
            Self::Utf8 => f.write_str("utf8"),
            Self::Bytes => f.write_str("bytes"),
            Self::Scalar(name) => write!(f, "scalar<{name}>"),
            Self::FixedBytes(size) => write!(f, "bytes<{size}>"),
            Self::Bool => f.write_str("bool"),
            Self::Number(name) => f.write_str(name),
            Self::Json => f.write_str("json"),
            Self::Msgpack => f.write_str("msgpack"),
            Self::Protobuf => f.write_str("protobuf"),
            Self::Raw(size) => write!(f, "raw<{size}>"),
            Self::Base64(inner) => write!(f, "base64<{inner}>"),
            Self::Optional(inner) => write!(f, "optional<{inner}>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Base64, Decode, Encode, Json};

    #[test]
    fn a_format_has_the_same_text_in_a_constant() {
        let all = [
            Format::None,
            Format::FixedBytes(1024),
            Format::Raw(0),
            Format::Number("u128"),
            Format::Scalar("i32"),
            <Base64<Option<Json<u32>>> as Encode>::FORMAT,
            <Base64<Option<Json<u32>>> as Decode>::FORMAT,
            <Option<String> as Decode>::FORMAT,
            <&[u8] as Encode>::FORMAT,
            <Box<str> as Encode>::FORMAT,
        ];
        let texts = [
            "none",
            "bytes<1024>",
            "raw<0>",
            "u128",
            "scalar<i32>",
            "base64<optional<json>>",
            "base64<optional<json>>",
            "optional<utf8>",
            "bytes",
            "utf8",
        ];
        for (format, text) in all.into_iter().zip(texts) {
            let mut bytes = [0; 30];
            let length = format.write(0, &mut bytes);
            assert_eq!((format.to_string().as_str(), &bytes[..length]), (text, text.as_bytes()));
            assert_eq!(format.write(0, &mut []), text.len(), "what does not fit is counted");
        }
    }

    #[test]
    fn nothing_is_known_of_what_is_made_of_the_unknown() {
        assert!(Format::Optional(&Format::Base64(&Format::Unknown)).is_unknown());
        assert!(!Format::Optional(&Format::Json).is_unknown());
    }
}
