use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};

/// The bytes of a module: base64 text, or a list of numbers, as some languages write bytes in JSON.
pub(super) struct ModuleData(pub(super) Vec<u8>);

impl<'de> Deserialize<'de> for ModuleData {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(DataVisitor)
    }
}

struct DataVisitor;

/// Why `{"ptr": .., "len": ..}` is rejected: the author of a manifest could make it read any memory of the process.
const RAW_POINTER: &str = "a raw pointer is not accepted; write the module's bytes as base64 text";

impl<'de> Visitor<'de> for DataVisitor {
    type Value = ModuleData;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base64 text or a list of bytes")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<ModuleData, E> {
        let bytes = STANDARD.decode(text);
        bytes.map(ModuleData).map_err(|error| E::custom(format_args!("not base64 text: {error}")))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<ModuleData, A::Error> {
        Err(A::Error::custom(RAW_POINTER))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<ModuleData, A::Error> {
        let mut bytes = Vec::new();
        while let Some(Byte(byte)) = list.next_element()? {
            bytes.push(byte);
        }
        Ok(ModuleData(bytes))
    }
}

/// One number of a list of bytes.
struct Byte(u8);

impl<'de> Deserialize<'de> for Byte {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ByteVisitor)
    }
}

struct ByteVisitor;

impl Visitor<'_> for ByteVisitor {
    type Value = Byte;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a byte, from 0 to 255")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Byte, E> {
        u8::try_from(number).map(Byte).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Byte, E> {
        u8::try_from(number).map(Byte).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }
}
