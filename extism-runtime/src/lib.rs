//! Typed Extism plug-ins for Rust.

pub mod codec;
mod error;
mod host;
#[cfg(feature = "http")]
mod http;
mod load;
mod manifest;
mod plugin;
mod value;

pub use crate::{
    codec::{Base64, CodecError, Decode, Encode, Json},
    error::{BoxError, Error, Frame, HostPanic, InterfaceError, LinkError, LinkProblem, Mismatch, MismatchKind, Site, TrapError},
    host::{CurrentPlugin, DEFAULT_NAMESPACE, Function, Handle, IntoFunctions, State, Value},
    load::{DownloadProgress, LoadError, Source},
    manifest::{HttpRequest, Manifest, ManifestError, ManifestFormat, MemoryOptions, Wasm, WasmMetadata},
    plugin::{CancelHandle, CompiledPlugin, Export, Plugin, PluginBuilder},
    value::{ExternType, FuncType, Val, ValType},
};
#[cfg(feature = "http")]
pub use crate::http::HttpError;
#[cfg(feature = "msgpack")]
pub use crate::codec::Msgpack;
#[cfg(feature = "prost")]
pub use crate::codec::Prost;
#[cfg(feature = "raw")]
pub use crate::codec::Raw;
