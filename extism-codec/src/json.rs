use serde::{Deserialize, Serialize};

use crate::{CodecError, Decode, Encode, Format, Writer, budget, newtype::newtype};

/// Encodes a value as JSON.
///
/// ```
/// use extism_codec::{Decode, Json, to_vec};
///
/// #[derive(serde::Deserialize)]
/// struct Report<'a> {
///     count: u32,
///     // Borrowed from the bytes.
///     vowels: &'a str,
/// }
///
/// # fn main() -> Result<(), extism_codec::CodecError> {
/// let Json(report) = Json::<Report>::decode(br#"{"count":3,"vowels":"aeiouAEIOU"}"#)?;
/// assert_eq!((report.count, report.vowels), (3, "aeiouAEIOU"));
/// assert_eq!(to_vec(&Json((1, "a")))?, br#"[1,"a"]"#);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Json<T>(pub T);

newtype!(Json);

impl<T: Serialize> Encode for Json<T> {
    const FORMAT: Format = Format::Json;

    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        serde_json::to_writer(out, &self.0).map_err(CodecError::new)
    }
}

/// Strings may borrow from the bytes: `Json<&str>` works for a string without escapes.
impl<'a, T: Deserialize<'a>> Decode<'a> for Json<T> {
    const FORMAT: Format = Format::Json;

    fn decode(bytes: &'a [u8]) -> Result<Self, CodecError> {
        budget::check_json(bytes)?;
        serde_json::from_slice(bytes).map(Self).map_err(CodecError::new)
    }
}

impl Encode for serde_json::Value {
    const FORMAT: Format = Format::Json;

    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        Json(self).encode(out)
    }
}

impl Decode<'_> for serde_json::Value {
    const FORMAT: Format = Format::Json;

    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        Json::decode(bytes).map(Json::into_inner)
    }
}
