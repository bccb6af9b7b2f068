//! The values in a manifest that are more than a text or a number.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The bytes of a module, from base64 text.
pub(super) struct Base64Data(pub(super) Vec<u8>);

impl<'de> Deserialize<'de> for Base64Data {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Base64Visitor)
    }
}

struct Base64Visitor;

/// Why `{"ptr": .., "len": ..}` isn't read: whoever writes the manifest could have any memory of the
/// process read.
const RAW_POINTER: &str = "a raw pointer is not accepted; give the module's bytes as base64 text";

impl<'de> Visitor<'de> for Base64Visitor {
    type Value = Base64Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base64 text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Base64Data, E> {
        let bytes = STANDARD.decode(text);
        bytes.map(Base64Data).map_err(|error| E::custom(format_args!("not base64 text: {error}")))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Base64Data, A::Error> {
        Err(A::Error::custom(RAW_POINTER))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Base64Data, A::Error> {
        Err(A::Error::custom(RAW_POINTER))
    }
}

/// A SHA-256 as it is written.
pub(super) struct HashText(pub(super) String);

impl<'de> Deserialize<'de> for HashText {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(HashVisitor)
    }
}

struct HashVisitor;

impl Visitor<'_> for HashVisitor {
    type Value = HashText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a SHA-256 as 64 hexadecimal digits")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<HashText, E> {
        if parse_sha256(text).is_some() {
            return Ok(HashText(text.to_owned()));
        }
        let length = text.chars().count();
        Err(E::custom(format_args!(
            "not a SHA-256: 64 hexadecimal digits are expected, not {length} characters{}",
            if length == 64 { " of which some are no digits" } else { "" },
        )))
    }
}

/// The 32 bytes that 64 hexadecimal digits stand for.
pub(crate) fn parse_sha256(text: &str) -> Option<[u8; 32]> {
    let mut digits = text.chars().map(|digit| digit.to_digit(16));
    let mut out = [0; 32];
    for byte in &mut out {
        let (high, low) = (digits.next()??, digits.next()??);
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    digits.next().is_none().then_some(out)
}
