use serde::{Deserialize, Serialize};

use super::{CodecError, Decode, Encode, Writer, budget, wrapper::wrapper};

/// How deep values may lie in each other, as for JSON. The library's own limit, 1024, is more than the stack of a thread
/// holds in a program that isn't optimized.
const MAX_DEPTH: usize = 128;

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
        budget::check_msgpack(bytes)?;
        let mut reader = rmp_serde::Deserializer::from_read_ref(bytes);
        reader.set_max_depth(MAX_DEPTH);
        T::deserialize(&mut reader).map(Self).map_err(CodecError::new)
    }
}
