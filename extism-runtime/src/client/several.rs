//! Encoding several arguments as one input.

use std::fmt;

use serde::Serialize;

use crate::{
    Encode, Json,
    codec::{CodecError, Writer},
    interface::Encoding,
};

/// One of several arguments of a method.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be one of several arguments",
    label = "does not implement `serde::Serialize`",
    note = "several arguments are sent together, as a JSON array unless `args = \"..\"` sets another format, so each has to implement `serde::Serialize`, without a codec such as `Json<..>` around it"
)]
pub trait SerializeArgument {
    /// Returns the argument without its type, so that a missing trait is reported here, and not again where
    /// the argument is sent.
    #[doc(hidden)]
    fn erased(&self) -> &dyn SerializeArgument
    where
        Self: Sized,
    {
        self
    }

    /// Writes it as JSON.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be represented as JSON.
    fn json(&self, out: &mut Writer<'_>) -> Result<(), CodecError>;

    /// Writes it as MessagePack.
    ///
    /// # Errors
    ///
    /// Returns an error if it cannot be represented as MessagePack, or the feature `msgpack` is off.
    fn msgpack(&self, out: &mut Writer<'_>) -> Result<(), CodecError>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize> SerializeArgument for T {
    fn json(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        Json(self).encode(out)
    }

    #[cfg(feature = "msgpack")]
    fn msgpack(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        crate::codec::Msgpack(self).encode(out)
    }

    #[cfg(not(feature = "msgpack"))]
    fn msgpack(&self, _: &mut Writer<'_>) -> Result<(), CodecError> {
        Err(CodecError::new("enable the feature `msgpack` of extism-runtime"))
    }
}

/// The format that a codec gives several arguments. Generated code names the codec, so that the compiler reports when its
/// feature is off.
pub trait EncodesSeveral {
    /// The format.
    const ENCODING: Encoding;
}

#[cfg(feature = "msgpack")]
impl EncodesSeveral for crate::codec::Msgpack<()> {
    const ENCODING: Encoding = Encoding::Msgpack;
}

/// Several arguments as one input.
#[derive(Clone, Copy)]
pub struct SeveralArguments<'a> {
    /// How they are encoded.
    pub encoding: Encoding,
    /// The arguments with their names in the trait; Rust names need no escapes in JSON.
    pub arguments: &'a [(&'static str, &'a dyn SerializeArgument)],
}

impl Encode for SeveralArguments<'_> {
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        match self.encoding {
            Encoding::Msgpack => self.msgpack_array(out),
            Encoding::JsonObject => self.json_object(out),
            _ => self.json_array(out),
        }
    }
}

impl SeveralArguments<'_> {
    fn json_array(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        let mut separator = b"[";
        for (_, argument) in self.arguments {
            out.put(separator);
            argument.json(out)?;
            separator = b",";
        }
        out.put(b"]");
        Ok(())
    }

    fn json_object(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        let mut separator = b"{";
        for (name, argument) in self.arguments {
            out.put(separator);
            Json(name).encode(out)?;
            out.put(b":");
            argument.json(out)?;
            separator = b",";
        }
        out.put(b"}");
        Ok(())
    }

    fn msgpack_array(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        // MessagePack encodes an array's length in one byte up to 15, or else in 16 bits, big-endian.
        let length = u16::try_from(self.arguments.len()).map_err(CodecError::new)?;
        if length < 16 {
            out.put(&[0x90 | length.to_le_bytes()[0]]);
        } else {
            out.put(&[0xdc]);
            out.put(&length.to_be_bytes());
        }
        self.arguments.iter().try_for_each(|(_, argument)| argument.msgpack(out))
    }
}

impl fmt::Debug for SeveralArguments<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.arguments.iter().map(|(name, _)| name).collect();
        f.debug_struct("SeveralArguments").field("encoding", &self.encoding).field("arguments", &names).finish()
    }
}
