use serde::{Deserialize, Serialize};

use crate::{CodecError, Decode, Encode, Json, Writer};

/// A `Result` of a host function, as a value that plug-ins receive: a byte 0 and the bytes of the value, or a byte 1 and
/// the error as JSON.
#[derive(Debug, PartialEq, Eq)]
pub struct Crossed<T, E>(pub Result<T, E>);

const OK: u8 = 0;
const ERR: u8 = 1;

impl<T: Encode, E: Serialize> Encode for Crossed<T, E> {
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        match &self.0 {
            Ok(value) => {
                out.put(&[OK]);
                value.encode(out)
            }
            Err(error) => {
                out.put(&[ERR]);
                Json(error).encode(out)
            }
        }
    }

    fn size_hint(&self) -> usize {
        1 + self.0.as_ref().map_or(0, T::size_hint)
    }
}

impl<'a, T: Decode<'a>, E: Deserialize<'a>> Decode<'a> for Crossed<T, E> {
    fn decode(bytes: &'a [u8]) -> Result<Self, CodecError> {
        match bytes.split_first() {
            Some((&OK, value)) => T::decode(value).map(|value| Self(Ok(value))),
            Some((&ERR, error)) => Json::decode(error).map(|Json(error)| Self(Err(error))),
            Some((tag, _)) => Err(CodecError::new(format!("a result begins with the byte 0 or 1, not {tag}"))),
            None => Err(CodecError::new("a result begins with the byte 0 or 1, but there are no bytes")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::to_vec;

    #[test]
    fn results_cross_as_a_tag_and_the_bytes_of_what_they_are() {
        let ok: Crossed<u16, String> = Crossed(Ok(258));
        assert_eq!(to_vec(&ok).ok().as_deref(), Some(&[0, 2, 1][..]));
        let err: Crossed<u16, String> = Crossed(Err("no".to_owned()));
        assert_eq!(to_vec(&err).ok().as_deref(), Some(&b"\x01\"no\""[..]));
        for value in [ok, err] {
            let bytes = to_vec(&value).unwrap_or_default();
            assert_eq!(Crossed::decode(&bytes).ok(), Some(value));
        }
    }

    #[test]
    fn other_bytes_are_no_result() {
        for bytes in [&b""[..], b"\x02", b"\x00\x01", b"\x01no"] {
            assert!(Crossed::<u16, String>::decode(bytes).is_err(), "{bytes:?}");
        }
    }
}
