// The README's links lead to files on a code host, but here to pages: the first of two definitions of a link counts.
//! [codec]: crate::codec
//! [guide]: crate::guide
//! [host_fn]: macro@host_fn
//! [plugin_interface]: macro@plugin_interface
//! [security]: crate::guide::security
//! [speed]: crate::guide#speed
#![doc = include_str!("../README.md")]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod client;
mod code;
pub mod codec;
mod compile;
mod engine;
mod engine_types;
mod env;
mod error;
mod exports;
mod features;
mod fuse;
#[cfg(test)]
mod fuzzing;
#[cfg(any(test, fuzzing))]
#[path = "fuzzing/instantiate.rs"]
mod fuzzing_instantiate;
#[cfg(any(test, fuzzing))]
#[path = "fuzzing/lift/mod.rs"]
mod fuzzing_lift;
#[cfg(any(test, fuzzing))]
#[path = "fuzzing/numbers.rs"]
mod fuzzing_numbers;
#[cfg(all(any(test, fuzzing), feature = "wasi"))]
#[path = "fuzzing/wasi/mod.rs"]
mod fuzzing_wasi;
pub mod guide;
mod host;
#[cfg(feature = "http")]
mod http;
mod inspect;
mod interface;
mod kernel;
mod limits;
mod link;
mod load;
mod log;
mod manifest;
mod nearest;
#[cfg_attr(not(all(feature = "wasi", feature = "cache")), allow(dead_code, reason = "not all of it is used then"))]
mod places;
mod plugin;
pub mod prelude;
mod run;
mod settings;
#[cfg_attr(not(all(feature = "wasi", feature = "http")), allow(dead_code, reason = "not all of it is used then"))]
mod shares;
mod shown;
mod store;
mod value;
#[cfg(feature = "wasi")]
mod wasi;
mod wasm_types;

#[cfg(feature = "msgpack")]
pub use crate::codec::Msgpack;
#[cfg(feature = "prost")]
pub use crate::codec::Prost;
#[cfg(feature = "raw")]
pub use crate::codec::Raw;
#[cfg(fuzzing)]
#[doc(hidden)]
pub use crate::fuzzing_instantiate::instantiate as instantiate_under_limits;
#[cfg(fuzzing)]
#[doc(hidden)]
pub use crate::fuzzing_lift::lift as lift_a_loop;
#[cfg(all(fuzzing, feature = "wasi"))]
#[doc(hidden)]
pub use crate::fuzzing_wasi::wasi as call_wasi;
#[cfg(feature = "http")]
pub use crate::http::HttpError;
pub use crate::{
    client::{Forward, PluginInterface, View, WithContext, typed},
    codec::{Base64, CodecError, Decode, Encode, Json},
    engine::{Engine, EngineBuilder, Profiling},
    error::{
        BoxError, BuiltFor, Error, Frame, FunctionNumbers, HostPanic, InterfaceError, LinkError, LinkProblem, Mismatch,
        MismatchKind, MissingHint, ModuleLimitError, Site, TrapError,
    },
    features::{Features, Proposal},
    host::{
        CurrentPlugin, DEFAULT_NAMESPACE, ExclusiveArgument, Function, Handle, HostArgument, HostFunctions, HostOutput,
        IntoFunctions, MemoryError, State, Value,
    },
    inspect::{ExportInfo, ImportInfo, ImportOrigin, Inspection, ModuleInfo, Pdk, PdkEvidence, Producer},
    interface::{Argument, Encoding, Interface, Method},
    load::{DownloadProgress, LoadError, Source},
    log::{LogLevel, LogRecord, UnknownLogLevel, set_log_callback, set_log_file},
    manifest::{HttpRequest, Manifest, ManifestError, ManifestFormat, MemoryOptions, Wasm, WasmMetadata},
    plugin::{
        BuildStage, CompiledPlugin, Export, ExportType, FromPlugin, ImportType, Plugin, PluginBuilder, Pool,
        PoolBuilder, PooledPlugin,
    },
    settings::{Reuse, WasiOutput},
    store::{CancelHandle, VarError},
    value::{ExternType, FuncType, Val, ValType},
};
#[doc = include_str!("docs/host_fn.md")]
pub use extism_macros::host_fn;
#[doc = include_str!("docs/plugin_interface.md")]
pub use extism_macros::plugin_interface;
#[doc = include_str!("docs/derive.md")]
pub use extism_macros::{Decode, Encode};

/// Lists host functions for [`PluginBuilder::with_functions`]: `host_fns![kv_read, storage::kv_write]`.
///
/// Each name is that of a function with the attribute [`#[host_fn]`](macro@host_fn); the list is an array of
/// [`Function`]s.
#[macro_export]
macro_rules! host_fns {
    ($($functions:tt)*) => {
        $crate::__private::host_fns!([$crate] $($functions)*)
    };
}
