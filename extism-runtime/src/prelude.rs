//! The names that most programs with plug-ins use: `use extism_runtime::prelude::*;`

#[cfg(feature = "msgpack")]
pub use crate::Msgpack;
#[cfg(feature = "prost")]
pub use crate::Prost;
#[cfg(feature = "raw")]
pub use crate::Raw;
pub use crate::{
    CompiledPlugin, CurrentPlugin, Decode, Encode, Error, Function, Json, Manifest, Plugin, PluginBuilder,
    PluginInterface, Source, State, Value, Wasm, host_fn, host_fns, plugin_interface,
};
