//! Codecs: how values become bytes and bytes become values.
//!
//! A plug-in's function takes bytes and returns bytes; each type's codec decides its wire format. [`Encode`] writes a
//! value's bytes straight into the plug-in's memory, [`Decode`] reads a value from it, borrowing where it can.
//!
//! | type | bytes |
//! | --- | --- |
//! | `str`, `String`, `Cow<str>`, `Box<str>` | UTF-8; other bytes are an error |
//! | `[u8]`, `Vec<u8>`, `Cow<[u8]>`, `Box<[u8]>`, `[u8; N]` | the bytes themselves |
//! | `()` | none; any output is ignored |
//! | `bool` | one byte: 0 is false, anything else is true |
//! | integers and floats | little endian, in the type's size |
//! | `Option<T>` | none for `None`, else `T`'s |
//! | `serde_json::Value`, [`Json<T>`] | JSON |
//! | `Msgpack<T>` | MessagePack, structures as arrays of their fields (feature `msgpack`) |
//! | `Prost<T>` | Protocol Buffers (feature `prost`) |
//! | `Convert<T>` | as the crate `extism-convert` encodes it (feature `extism-convert`) |
//! | [`Base64<T>`] | `T`'s, in standard Base64 with padding |
//! | `Raw<T>` | a plain-old-data structure's own bytes, on little-endian machines (feature `raw`) |
//!
//! The host's crate, `extism-runtime`, and the plug-in's, `extism-guest`, both re-export this crate, so that a type
//! with a codec has the same bytes on both sides. Programs depend on one of those two.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod base64;
mod budget;
mod bytes;
#[cfg(feature = "extism-convert")]
mod convert;
mod crossed;
mod error;
mod format;
mod guest;
mod json;
#[cfg(feature = "msgpack")]
mod msgpack;
mod newtype;
mod number;
#[cfg(feature = "prost")]
mod prost;
#[cfg(feature = "raw")]
mod raw;
mod returned;
mod scalar;
mod wasm;
mod writer;

#[cfg(feature = "extism-convert")]
pub use self::convert::Convert;
#[cfg(feature = "msgpack")]
pub use self::msgpack::Msgpack;
#[cfg(feature = "prost")]
pub use self::prost::Prost;
#[cfg(feature = "raw")]
pub use self::raw::Raw;
pub use self::{base64::Base64, error::CodecError, json::Json, scalar::Scalar, writer::Writer};

/// A value that can be passed to the other side: to a plug-in, or from it to its host.
///
/// The bytes go straight into the plug-in's memory. If they turn out to need more memory than there is, `encode` is
/// called again after the memory has grown, so it must write the same bytes each time.
///
/// `#[derive(Encode)]` with `#[codec(Json)]` implements it for your own types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to a plug-in",
    label = "no codec encodes this type",
    note = "wrap it in a codec such as `Json<{Self}>`, or put `#[derive(Encode)] #[codec(Json)]` on the type"
)]
pub trait Encode {
    /// Whether the type is `()`: a host function that returns it has no WebAssembly result.
    #[doc(hidden)]
    const IS_UNIT: bool = false;

    /// What kind of bytes a value becomes, for the description of an interface.
    #[doc(hidden)]
    const FORMAT: Format = Format::Unknown;

    /// Writes the value's bytes to `out`.
    ///
    /// # Errors
    ///
    /// Returns an error if the codec cannot represent the value.
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError>;

    /// Returns how many bytes [`encode`](Self::encode) will write at least; 0 if that is not known in advance.
    fn size_hint(&self) -> usize {
        0
    }

    /// Returns the bytes that [`encode`](Self::encode) would write, if they are in memory already.
    #[doc(hidden)]
    fn as_encoded(&self) -> Option<&[u8]> {
        None
    }
}

/// A value that can be read from the other side; `'a` is how long the memory that it comes from is borrowed.
///
/// `#[derive(Decode)]` with `#[codec(Json)]` implements it for your own types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be received from a plug-in",
    label = "no codec decodes this type",
    note = "wrap it in a codec such as `Json<{Self}>`, or put `#[derive(Decode)] #[codec(Json)]` on the type"
)]
pub trait Decode<'a>: Sized {
    /// What kind of bytes it is read from, for the description of an interface.
    #[doc(hidden)]
    const FORMAT: Format = Format::Unknown;

    /// Decodes a value from `bytes`.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes do not represent such a value.
    fn decode(bytes: &'a [u8]) -> Result<Self, CodecError>;

    /// Decodes a value from bytes that it may keep.
    #[doc(hidden)]
    fn decode_owned(bytes: &'a mut Vec<u8>) -> Result<Self, CodecError> {
        Self::decode(bytes)
    }
}

#[doc(hidden)]
pub use self::format::Format;

/// The cause of an error.
type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// The maximum number of attempts to encode a value: it fits the second time, unless its `Encode` writes more each time.
#[doc(hidden)]
pub const MAX_ATTEMPTS: u32 = 3;

/// Encodes a value into a vector.
///
/// # Errors
///
/// Returns an error if the codec cannot represent the value.
pub fn to_vec<T: Encode + ?Sized>(value: &T) -> Result<Vec<u8>, CodecError> {
    to_vec_within(value, value.size_hint())
}

/// Encodes a value into a vector, which has this many bytes at first.
///
/// # Errors
///
/// Returns an error if the codec cannot represent the value.
#[doc(hidden)]
pub fn to_vec_within<T: Encode + ?Sized>(value: &T, capacity: usize) -> Result<Vec<u8>, CodecError> {
    let mut bytes = vec![0; capacity];
    for _ in 0..MAX_ATTEMPTS {
        let capacity = bytes.len();
        let mut writer = Writer::new(&mut bytes);
        value.encode(&mut writer)?;
        let written = writer.len();
        bytes.resize(written, 0);
        if written <= capacity {
            return Ok(bytes);
        }
    }
    Err(CodecError::growing())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_larger_than_its_hint_is_encoded_again_with_room() {
        let value = Json(vec![1, 2, 3]);
        assert_eq!(to_vec(&value).unwrap(), b"[1,2,3]");
    }

    #[test]
    fn a_writer_counts_what_does_not_fit_and_never_writes_past_its_end() {
        let mut buffer = [0; 4];
        let mut writer = Writer::new(&mut buffer[..2]);
        writer.put(b"a");
        writer.put(b"bcd");
        assert_eq!(writer.len(), 4);
        assert_eq!(buffer, [b'a', 0, 0, 0]);
    }
}
