use serde::{Deserialize, Serialize};

use crate::{CodecError, Decode, Encode, Format, Writer, budget, newtype::newtype};

/// How deep values may be nested, as for JSON. The library's own limit, 1024, is more than a thread's stack holds in an
/// unoptimized program.
const MAX_DEPTH: usize = 128;

/// Encodes a value as MessagePack, as the official SDK does: a structure is the array of its fields. Feature `msgpack`.
///
/// Decoding also accepts maps with the fields' names as keys.
///
/// ```
/// use extism_codec::{Msgpack, to_vec};
///
/// # fn main() -> Result<(), extism_codec::CodecError> {
/// assert_eq!(to_vec(&Msgpack((1, "a")))?, [0x92, 1, 0xa1, b'a']);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Msgpack<T>(pub T);

newtype!(Msgpack);

impl<T: Serialize> Encode for Msgpack<T> {
    const FORMAT: Format = Format::Msgpack;

    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        rmp_serde::encode::write(out, &self.0).map_err(CodecError::new)
    }
}

impl<'a, T: Deserialize<'a>> Decode<'a> for Msgpack<T> {
    const FORMAT: Format = Format::Msgpack;

    fn decode(bytes: &'a [u8]) -> Result<Self, CodecError> {
        budget::check_msgpack(bytes)?;
        let mut reader = rmp_serde::Deserializer::from_read_ref(bytes);
        reader.set_max_depth(MAX_DEPTH);
        T::deserialize(&mut reader).map(Self).map_err(CodecError::new)
    }
}
