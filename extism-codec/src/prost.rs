use ::prost::Message;

use crate::{CodecError, Decode, Encode, Format, Writer, newtype::newtype};

/// Encodes a Protocol Buffers message. Feature `prost`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prost<T>(pub T);

newtype!(Prost);

impl<T: Message> Encode for Prost<T> {
    const FORMAT: Format = Format::Protobuf;

    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        Borrowed(&self.0).encode(out)
    }

    fn size_hint(&self) -> usize {
        Borrowed(&self.0).size_hint()
    }
}

impl Prost<()> {
    /// For `#[derive(Encode)]`: a reference to a message is not a message, so `Prost<&T>` would not work.
    #[doc(hidden)]
    pub fn borrowed<T: Message>(value: &T) -> impl Encode {
        Borrowed(value)
    }
}

struct Borrowed<'a, T>(&'a T);

impl<T: Message> Encode for Borrowed<'_, T> {
    const FORMAT: Format = Format::Protobuf;

    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        out.put(&self.0.encode_to_vec());
        Ok(())
    }

    fn size_hint(&self) -> usize {
        self.0.encoded_len()
    }
}

impl<T: Message + Default> Decode<'_> for Prost<T> {
    const FORMAT: Format = Format::Protobuf;

    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        T::decode(bytes).map(Self).map_err(CodecError::new)
    }
}
