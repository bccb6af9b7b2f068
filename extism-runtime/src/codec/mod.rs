//! Codecs: how values become bytes and bytes become values.
//!
//! They are the crate `extism-codec`, which plug-ins use too (through `extism-guest`), so that a type with a codec has
//! the same bytes on both sides.
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
//! | [`Msgpack<T>`](crate::codec::Msgpack) | MessagePack, structures as arrays of their fields (feature `msgpack`) |
//! | [`Prost<T>`](crate::codec::Prost) | Protocol Buffers (feature `prost`) |
//! | `Convert<T>` | as the crate `extism-convert` encodes it (feature `extism-convert`) |
//! | [`Base64<T>`] | `T`'s, in standard Base64 with padding |
//! | [`Raw<T>`](crate::codec::Raw) | a plain-old-data structure's own bytes, on little-endian machines (feature `raw`) |

pub(crate) use extism_codec::__private::{MAX_ATTEMPTS, within};
#[cfg(feature = "extism-convert")]
#[doc(inline)]
pub use extism_codec::Convert;
#[cfg(feature = "msgpack")]
#[doc(inline)]
pub use extism_codec::Msgpack;
#[cfg(feature = "prost")]
#[doc(inline)]
pub use extism_codec::Prost;
#[cfg(feature = "raw")]
#[doc(inline)]
pub use extism_codec::Raw;
#[doc(inline)]
pub use extism_codec::{Base64, CodecError, Decode, Encode, Json, Writer, to_vec};
