//! How values become bytes and bytes become values.
//!
//! A plug-in's function takes bytes and gives bytes; a codec says what they mean. [`Encode`] writes a value's
//! bytes straight into the plug-in's memory, [`Decode`] reads a value out of it, borrowing where it can.
//!
//! | type | bytes |
//! | --- | --- |
//! | `str`, `String`, `Cow<str>`, `Box<str>` | UTF-8; other bytes are an error |
//! | `[u8]`, `Vec<u8>`, `Cow<[u8]>`, `Box<[u8]>`, `[u8; N]` | themselves |
//! | `()` | none; whatever comes back is ignored |
//! | `bool` | one byte: 0 is false, all else is true |
//! | integers and floats | little endian, of the type's own size |
//! | `Option<T>` | none at all for `None`, else `T`'s |
//! | `serde_json::Value`, [`Json<T>`] | JSON |
//! | [`Msgpack<T>`](crate::Msgpack) | MessagePack, structures as arrays of their fields (feature `msgpack`) |
//! | [`Prost<T>`](crate::Prost) | Protocol Buffers (feature `prost`) |
//! | [`Base64<T>`] | `T`'s, in standard Base64 with padding |
//! | [`Raw<T>`](crate::Raw) | a plain-old-data structure's own bytes, on little-endian machines (feature `raw`) |

mod base64;
pub(crate) mod budget;
mod bytes;
mod json;
#[cfg(feature = "msgpack")]
mod msgpack;
mod number;
#[cfg(feature = "prost")]
mod prost;
#[cfg(feature = "raw")]
mod raw;
mod wrapper;
mod writer;

pub use crate::error::CodecError;

#[cfg(feature = "msgpack")]
pub use self::msgpack::Msgpack;
#[cfg(feature = "prost")]
pub use self::prost::Prost;
#[cfg(feature = "raw")]
pub use self::raw::Raw;
pub use self::{base64::Base64, json::Json, writer::Writer};

/// A value that can be given to a plug-in.
///
/// The bytes go straight into the plug-in's memory. Where they turn out to need more memory than there is,
/// `encode` is run a second time after the memory has grown, so it must write the same bytes each time.
///
/// For a type of your own, `#[derive(Encode)]` with `#[codec(Json)]` is the short way.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to a plug-in",
    label = "has no codec that makes bytes of it",
    note = "wrap it in a codec such as `Json<{Self}>`, or put `#[derive(Encode)] #[codec(Json)]` on the type"
)]
pub trait Encode {
    /// Whether the type is `()`: a host function that returns it has no WebAssembly result.
    #[doc(hidden)]
    const IS_UNIT: bool = false;

    /// Writes the value's bytes to `out`.
    ///
    /// # Errors
    ///
    /// When the value has no representation in its codec.
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError>;

    /// How many bytes [`encode`](Self::encode) will write, at least; 0 where that isn't known beforehand.
    fn size_hint(&self) -> usize {
        0
    }
}

/// A value that can be had from a plug-in; `'a` is how long the plug-in's memory is borrowed.
///
/// For a type of your own, `#[derive(Decode)]` with `#[codec(Json)]` is the short way.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be received from a plug-in",
    label = "has no codec that makes it of bytes",
    note = "wrap it in a codec such as `Json<{Self}>`, or put `#[derive(Decode)] #[codec(Json)]` on the type"
)]
pub trait Decode<'a>: Sized {
    /// Makes a value of `bytes`.
    ///
    /// # Errors
    ///
    /// When the bytes are no such value.
    fn decode(bytes: &'a [u8]) -> Result<Self, CodecError>;
}

/// A value's bytes as a vector, by its [`Encode`].
///
/// # Errors
///
/// When the value has no representation in its codec.
pub fn to_vec<T: Encode + ?Sized>(value: &T) -> Result<Vec<u8>, CodecError> {
    let mut bytes = vec![0; value.size_hint()];
    loop {
        let capacity = bytes.len();
        let mut writer = Writer::new(&mut bytes);
        value.encode(&mut writer)?;
        let written = writer.len();
        bytes.resize(written, 0);
        if written <= capacity {
            return Ok(bytes);
        }
    }
}

#[cfg(test)]
mod tests;
