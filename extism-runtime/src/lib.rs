//! Typed Extism plug-ins for Rust.

pub mod codec;
mod compile;
mod debug;
mod engine;
mod engine_types;
mod env;
mod error;
#[allow(dead_code)]
mod fuse;
mod host;
#[cfg(feature = "http")]
mod http;
#[allow(dead_code, unused_imports)]
mod kernel;
mod link;
mod load;
mod log;
mod manifest;
mod nearest;
mod plugin;
mod run;
mod store;
mod value;
#[cfg(feature = "wasi")]
mod wasi;

pub use crate::{
    compile::WasiOutput,
    engine::{Engine, EngineBuilder, Profiling},
    log::{LogLevel, LogRecord, UnknownLogLevel, set_log_callback, set_log_file},
    store::VarError,
    codec::{Base64, CodecError, Decode, Encode, Json},
    error::{BoxError, Error, Frame, HostPanic, InterfaceError, LinkError, LinkProblem, Mismatch, MismatchKind, Site, TrapError},
    host::{CurrentPlugin, DEFAULT_NAMESPACE, Function, Handle, IntoFunctions, MemoryError, State, Value},
    load::{DownloadProgress, LoadError, Source},
    manifest::{HttpRequest, Manifest, ManifestError, ManifestFormat, MemoryOptions, Wasm, WasmMetadata},
    plugin::{CancelHandle, CompiledPlugin, Export, ExportType, ImportType, Plugin, PluginBuilder},
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
