use std::{borrow::Cow, fmt, ops::Deref};

use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected, Visitor},
};

/// An argument of type `&str` among several, which are encoded together: a piece of the input, unless JSON has escaped
/// something in it.
#[derive(Debug, PartialEq, Eq)]
pub struct Text<'a>(Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AnyText)
    }
}

/// Reads what serde reads as a `String`.
struct AnyText;

impl<'de> Visitor<'de> for AnyText {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text)))
    }

    fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Text<'de>, E> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.visit_borrowed_str(text),
            Err(_) => Err(E::invalid_value(Unexpected::Bytes(bytes), &self)),
        }
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Text<'de>, E> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.visit_str(text),
            Err(_) => Err(E::invalid_value(Unexpected::Bytes(bytes), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(input: &str) -> Result<Text<'_>, String> {
        serde_json::from_str(input).map_err(|error| error.to_string())
    }

    #[test]
    fn a_text_is_borrowed_where_it_can_be() {
        assert!(matches!(json("\"plain\""), Ok(Text(Cow::Borrowed("plain")))));
        assert!(matches!(json("\"\\u0061\\n\""), Ok(Text(Cow::Owned(text))) if text == "a\n"));
    }

    #[test]
    fn what_is_no_text_is_the_same_error_as_for_a_string() {
        for input in ["1", "null", "[]", "\"\\ud800\"", "\"", ""] {
            let string = serde_json::from_str::<String>(input).map_err(|error| error.to_string());
            assert_eq!(json(input).map(|text| text.to_string()), string, "{input}");
        }
    }

    #[cfg(feature = "msgpack")]
    #[test]
    fn bytes_of_messagepack_are_text_if_they_are_utf8() {
        use extism_codec::{Decode, Msgpack};

        for bytes in [&b"\xa2ab"[..], b"\xc4\x02ab", b"\xa1\xff", b"\xc4\x01\xff", b"\x01", b"\x91\xa1a", b"\xa5ab"] {
            let text = Msgpack::<Text<'_>>::decode(bytes).map(|Msgpack(text)| text.to_string());
            let string = Msgpack::<String>::decode(bytes).map(Msgpack::into_inner);
            assert_eq!(text.map_err(|error| error.to_string()), string.map_err(|error| error.to_string()), "{bytes:?}");
        }
        assert!(matches!(Msgpack::<Text<'_>>::decode(b"\xa2ab"), Ok(Msgpack(Text(Cow::Borrowed("ab"))))));
    }
}
