use extism_convert::{FromBytes, ToBytes};

use crate::{CodecError, Decode, Encode, Writer, newtype::newtype};

/// Encodes a value as the official crate `extism-convert` does, for types that have its traits `ToBytes` and `FromBytes`
/// already. Feature `extism-convert`.
///
/// ```
/// use extism_codec::{Convert, Decode, to_vec};
///
/// # fn main() -> Result<(), extism_codec::CodecError> {
/// let value = Convert(extism_convert::Json(vec![1, 2]));
/// assert_eq!(to_vec(&value)?, b"[1,2]");
/// let Convert(extism_convert::Json(list)): Convert<extism_convert::Json<Vec<u8>>> = Convert::decode(b"[1,2]")?;
/// assert_eq!(list, [1, 2]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Convert<T>(pub T);

newtype!(Convert);

impl<T: for<'b> ToBytes<'b>> Encode for Convert<T> {
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        out.put(self.0.to_bytes().map_err(CodecError::new)?.as_ref());
        Ok(())
    }
}

impl<'a, T: FromBytes<'a>> Decode<'a> for Convert<T> {
    fn decode(bytes: &'a [u8]) -> Result<Self, CodecError> {
        T::from_bytes(bytes).map(Self).map_err(CodecError::new)
    }
}

#[cfg(test)]
mod tests {
    use extism_convert::{Base64, FromBytes, ToBytes};

    use super::*;
    use crate::to_vec;

    /// A type as shared crates have them.
    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize, ToBytes, FromBytes)]
    #[encoding(extism_convert::Json)]
    struct Point {
        x: i32,
    }

    #[test]
    fn types_with_the_official_traits_have_their_bytes() {
        assert_eq!(to_vec(&Convert(Point { x: -1 })).unwrap(), br#"{"x":-1}"#);
        assert_eq!(Convert::<Point>::decode(br#"{"x":7}"#).unwrap().0, Point { x: 7 });
        assert_eq!(to_vec(&Convert(Base64("hello"))).unwrap(), b"aGVsbG8=");
        assert_eq!(to_vec(&Convert("text".to_owned())).unwrap(), b"text");
        assert_eq!(Convert::<String>::decode(b"text").unwrap().0, "text");
    }

    #[test]
    fn their_errors_are_errors() {
        assert!(Convert::<Point>::decode(b"{").unwrap_err().to_string().contains("EOF"));
        assert!(Convert::<String>::decode(b"\xff").is_err());
    }
}
