//! Typed Extism plug-ins for Rust.

pub mod codec;
mod error;
mod host;
mod interface;
mod load;
mod manifest;
mod plugin;
mod value;

pub mod prelude;
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use crate::{
    codec::{Base64, CodecError, Decode, Encode, Json},
    error::{BoxError, Error, Frame, HostPanic, InterfaceError, LinkError, LinkProblem, Mismatch, MismatchKind, Site, TrapError},
    host::{CurrentPlugin, DEFAULT_NAMESPACE, Function, Handle, IntoFunctions, State, Value},
    interface::{Argument, Encoding, FromPlugin, Interface, Method, PluginInterface, WithContext},
    load::{LoadError, Source},
    manifest::ManifestError,
    plugin::{CancelHandle, CompiledPlugin, Export, Plugin, PluginBuilder},
    value::{ExternType, FuncType, Val, ValType},
};
pub use extism_macros::{Decode, Encode, host_fn, plugin_interface};
#[cfg(feature = "msgpack")]
pub use crate::codec::Msgpack;
#[cfg(feature = "prost")]
pub use crate::codec::Prost;
#[cfg(feature = "raw")]
pub use crate::codec::Raw;

/// Lists host functions for [`PluginBuilder::with_functions`]: `host_fns![kv_read, storage::kv_write]`.
///
/// Each name is that of a function with [`#[host_fn]`](macro@host_fn); the list is an array of [`Function`]s.
#[macro_export]
macro_rules! host_fns {
    ($($functions:tt)*) => {
        $crate::__private::host_fns!([$crate] $($functions)*)
    };
}
