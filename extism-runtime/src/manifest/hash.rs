use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A SHA-256 in hexadecimal digits.
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
            "not a SHA-256: expected 64 hexadecimal digits, got {length} characters{}",
            if length == 64 { " that are not all hexadecimal digits" } else { "" },
        )))
    }
}

/// Parses 64 hexadecimal digits into 32 bytes.
pub(crate) fn parse_sha256(text: &str) -> Option<[u8; 32]> {
    let mut digits = text.chars().map(|digit| digit.to_digit(16));
    let mut out = [0; 32];
    for byte in &mut out {
        let (high, low) = (digits.next()??, digits.next()??);
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    digits.next().is_none().then_some(out)
}
