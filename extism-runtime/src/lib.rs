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
mod inspect;
#[allow(dead_code, unused_imports)]
mod kernel;
mod link;
mod load;
mod log;
mod manifest;
mod nearest;
mod plugin;
mod run;
mod shown;
mod store;
mod value;
#[cfg(feature = "wasi")]
mod wasi;

#[cfg(feature = "msgpack")]
pub use crate::codec::Msgpack;
#[cfg(feature = "prost")]
pub use crate::codec::Prost;
#[cfg(feature = "raw")]
pub use crate::codec::Raw;
#[cfg(feature = "http")]
pub use crate::http::HttpError;
pub use crate::{
    codec::{Base64, CodecError, Decode, Encode, Json},
    compile::WasiOutput,
    engine::{Engine, EngineBuilder, Profiling},
    error::{
        BoxError, Error, Frame, HostPanic, InterfaceError, LinkError, LinkProblem, Mismatch, MismatchKind, MissingHint,
        Site, TrapError,
    },
    host::{CurrentPlugin, DEFAULT_NAMESPACE, Function, Handle, IntoFunctions, MemoryError, State, Value},
    inspect::{ExportInfo, ImportInfo, ImportOrigin, Inspection, ModuleInfo, Pdk, PdkEvidence, Producer},
    load::{DownloadProgress, LoadError, Source},
    log::{LogLevel, LogRecord, UnknownLogLevel, set_log_callback, set_log_file},
    manifest::{HttpRequest, Manifest, ManifestError, ManifestFormat, MemoryOptions, Wasm, WasmMetadata},
    plugin::{BuildStage, CancelHandle, CompiledPlugin, Export, ExportType, ImportType, Plugin, PluginBuilder},
    store::VarError,
    value::{ExternType, FuncType, Val, ValType},
};
