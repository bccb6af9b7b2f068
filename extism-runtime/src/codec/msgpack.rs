use serde::{Deserialize, Serialize};

use super::{CodecError, Decode, Encode, Writer, wrapper::wrapper};

/// A value as MessagePack, as the official SDK writes it: a structure is the array of its fields. Feature `msgpack`.
///
/// Maps with the fields' names as keys are read as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Msgpack<T>(pub T);

wrapper!(Msgpack);

impl<T: Serialize> Encode for Msgpack<T> {
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        rmp_serde::encode::write(out, &self.0).map_err(CodecError::new)
    }
}

impl<'a, T: Deserialize<'a>> Decode<'a> for Msgpack<T> {
    fn decode(bytes: &'a [u8]) -> Result<Self, CodecError> {
        rmp_serde::from_slice(bytes).map(Self).map_err(CodecError::new)
    }
}
