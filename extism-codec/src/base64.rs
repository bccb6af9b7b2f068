use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{CodecError, Decode, Encode, Format, Writer, newtype::newtype, to_vec};

/// Encodes a value's bytes in standard Base64 with padding.
///
/// ```
/// use extism_codec::{Base64, to_vec};
///
/// # fn main() -> Result<(), extism_codec::CodecError> {
/// assert_eq!(to_vec(&Base64("hello"))?, b"aGVsbG8=");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Base64<T>(pub T);

newtype!(Base64);

impl<T: Encode> Encode for Base64<T> {
    const FORMAT: Format = Format::Base64(&T::FORMAT);

    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        out.put(STANDARD.encode(to_vec(&self.0)?).as_bytes());
        Ok(())
    }

    fn size_hint(&self) -> usize {
        self.0.size_hint().div_ceil(3).saturating_mul(4)
    }
}

impl<T: for<'b> Decode<'b>> Decode<'_> for Base64<T> {
    const FORMAT: Format = Format::Base64(&<T as Decode<'static>>::FORMAT);

    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let bytes = STANDARD.decode(bytes).map_err(CodecError::new)?;
        T::decode(&bytes).map(Self)
    }
}
