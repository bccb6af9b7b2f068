use super::CodecError;
use crate::value::ValType;

/// Why a host function cannot do something with the memory of the plug-in that calls it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MemoryError {
    /// A handle does not refer to a block of the plug-in's memory: it was never allocated, or it was freed.
    #[error("handle {offset} does not refer to a block of the plug-in's memory")]
    #[non_exhaustive]
    InvalidHandle {
        /// The handle: an offset in bytes.
        offset: u64,
    },
    /// The plug-in's memory cannot grow enough.
    #[error("the plug-in's memory has no room for {length} more bytes")]
    #[non_exhaustive]
    OutOfMemory {
        /// The bytes that were requested.
        length: u64,
    },
    /// A block has more bytes than an argument of a host function may have.
    #[error("{length} bytes exceed the limit of {limit}; raise it with `PluginBuilder::with_max_argument_bytes`")]
    #[non_exhaustive]
    TooLarge {
        /// The block's length in bytes.
        length: u64,
        /// The limit.
        limit: u64,
    },
    /// A WebAssembly value is not a handle, which is an `i64`.
    #[error("a handle is an i64, but the value is an {found}")]
    #[non_exhaustive]
    NotAHandle {
        /// The value's type.
        found: ValType,
    },
    /// The block's bytes cannot be decoded, or a value cannot be encoded.
    #[error(transparent)]
    Codec(#[from] CodecError),
}
