// Compiled to WebAssembly, this crate is the plug-in's side, `extism-guest`, so that a crate that host and plug-in share
// depends on it alone. A test checks that each item here says which of the two it belongs to.
// The README's links lead to files on a code host, but here to pages: the first of two definitions of a link counts.
//! [codec]: crate::codec
//! [features]: crate::guide#features
//! [guide]: crate::guide
//! [host_fn]: macro@host_fn
//! [plugin_interface]: macro@plugin_interface
//! [security]: crate::guide::security
//! [speed]: crate::guide#speed
//! [tenants]: crate::guide::security#tenants
#![cfg_attr(not(target_family = "wasm"), doc = include_str!("../README.md"))]
#![cfg_attr(target_family = "wasm", doc = include_str!("docs/wasm.md"))]

#[cfg(not(target_family = "wasm"))]
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(not(target_family = "wasm"))]
mod artifact;
#[cfg(not(target_family = "wasm"))]
mod background;
#[cfg(not(target_family = "wasm"))]
mod bounded;
#[cfg(not(target_family = "wasm"))]
pub mod client;
#[cfg(not(target_family = "wasm"))]
#[cfg_attr(not(feature = "wasi"), allow(dead_code, reason = "only WASI reads clocks"))]
mod clock;
#[cfg(not(target_family = "wasm"))]
pub mod codec;
#[cfg(not(target_family = "wasm"))]
mod compile;
#[cfg(not(target_family = "wasm"))]
mod display;
#[cfg(not(target_family = "wasm"))]
mod dwarf;
#[cfg(not(target_family = "wasm"))]
pub mod engine;
#[cfg(not(target_family = "wasm"))]
mod engine_types;
#[cfg(not(target_family = "wasm"))]
mod env;
#[cfg(not(target_family = "wasm"))]
pub mod error;
#[cfg(not(target_family = "wasm"))]
mod exports;
#[cfg(not(target_family = "wasm"))]
mod features;
#[cfg(not(target_family = "wasm"))]
mod fuse;
#[cfg(not(target_family = "wasm"))]
#[cfg(test)]
mod fuzzing;
#[cfg(not(target_family = "wasm"))]
#[cfg(any(test, fuzzing))]
#[path = "fuzzing/instantiate.rs"]
mod fuzzing_instantiate;
#[cfg(not(target_family = "wasm"))]
#[cfg(any(test, fuzzing))]
#[path = "fuzzing/lift/mod.rs"]
mod fuzzing_lift;
#[cfg(not(target_family = "wasm"))]
#[cfg(any(test, fuzzing))]
#[path = "fuzzing/numbers.rs"]
mod fuzzing_numbers;
#[cfg(not(target_family = "wasm"))]
#[cfg(all(any(test, fuzzing), feature = "wasi"))]
#[path = "fuzzing/wasi/mod.rs"]
mod fuzzing_wasi;
#[cfg(not(target_family = "wasm"))]
pub mod guide;
#[cfg(not(target_family = "wasm"))]
pub mod host;
#[cfg(not(target_family = "wasm"))]
#[cfg(feature = "http")]
pub mod http;
#[cfg(not(target_family = "wasm"))]
mod imports;
#[cfg(not(target_family = "wasm"))]
pub mod inspect;
#[cfg(not(target_family = "wasm"))]
pub mod interface;
#[cfg(not(target_family = "wasm"))]
mod kernel;
#[cfg(not(target_family = "wasm"))]
mod limits;
#[cfg(not(target_family = "wasm"))]
mod link;
#[cfg(not(target_family = "wasm"))]
mod load;
#[cfg(not(target_family = "wasm"))]
pub mod log;
#[cfg(not(target_family = "wasm"))]
pub mod manifest;
#[cfg(not(target_family = "wasm"))]
mod nearest;
#[cfg(not(target_family = "wasm"))]
mod permission;
#[cfg(not(target_family = "wasm"))]
#[cfg_attr(not(all(feature = "wasi", feature = "cache")), allow(dead_code, reason = "not all of it is used then"))]
mod places;
#[cfg(not(target_family = "wasm"))]
pub mod plugin;
#[cfg(not(target_family = "wasm"))]
mod plugin_id;
#[cfg(not(target_family = "wasm"))]
pub mod pool;
#[cfg(not(target_family = "wasm"))]
pub mod prelude;
#[cfg(not(target_family = "wasm"))]
mod processors;
#[cfg(not(target_family = "wasm"))]
pub mod profile;
#[cfg(not(target_family = "wasm"))]
mod random;
#[cfg(not(target_family = "wasm"))]
mod run;
#[cfg(not(target_family = "wasm"))]
pub mod set;
#[cfg(not(target_family = "wasm"))]
mod settings;
#[cfg(not(target_family = "wasm"))]
#[cfg_attr(not(all(feature = "wasi", feature = "http")), allow(dead_code, reason = "not all of it is used then"))]
mod shares;
#[cfg(not(target_family = "wasm"))]
#[cfg(feature = "snapshot")]
pub mod snapshot;
#[cfg(not(target_family = "wasm"))]
mod store;
#[cfg(not(target_family = "wasm"))]
#[cfg_attr(not(feature = "wasi"), allow(dead_code, reason = "only WASI has streams"))]
mod streams;
#[cfg(not(target_family = "wasm"))]
#[cfg(feature = "test")]
pub mod test;
#[cfg(not(target_family = "wasm"))]
pub mod usage;
#[cfg(not(target_family = "wasm"))]
pub mod value;
#[cfg(not(target_family = "wasm"))]
#[cfg(feature = "wasi")]
mod wasi;
#[cfg(not(target_family = "wasm"))]
mod wasm_types;

#[cfg(not(target_family = "wasm"))]
#[cfg(fuzzing)]
#[doc(hidden)]
pub use crate::fuzzing_instantiate::instantiate as instantiate_under_limits;
#[cfg(not(target_family = "wasm"))]
#[cfg(fuzzing)]
#[doc(hidden)]
pub use crate::fuzzing_lift::lift as lift_a_loop;
#[cfg(not(target_family = "wasm"))]
#[cfg(all(fuzzing, feature = "wasi"))]
#[doc(hidden)]
pub use crate::fuzzing_wasi::wasi as call_wasi;
// What most programs use. The modules contain these and everything else.
#[cfg(not(target_family = "wasm"))]
#[doc(inline)]
pub use crate::{
    client::PluginInterface,
    codec::{Decode, Encode, Json},
    engine::Engine,
    error::{Error, PluginError},
    host::{CurrentPlugin, Function, State},
    load::Source,
    manifest::{Manifest, Wasm},
    plugin::{CancelHandle, CompiledPlugin, Export, Plugin, PluginBuilder, PluginId},
    pool::Pool,
    value::{Val, ValType},
};
#[cfg(not(target_family = "wasm"))]
#[doc = include_str!("docs/plugin_error.md")]
pub use extism_macros::PluginError;
#[cfg(not(target_family = "wasm"))]
#[doc = include_str!("docs/host_fn.md")]
pub use extism_macros::host_fn;
#[cfg(not(target_family = "wasm"))]
#[doc = include_str!("docs/host_interface.md")]
pub use extism_macros::host_interface;
#[cfg(not(target_family = "wasm"))]
#[doc = include_str!("docs/plugin_interface.md")]
pub use extism_macros::plugin_interface;
#[cfg(not(target_family = "wasm"))]
#[doc = include_str!("docs/derive.md")]
pub use extism_macros::{Decode, Encode};

/// Lists host functions for [`PluginBuilder::with_functions`]: `host_fns![kv_read, storage::kv_write]`.
///
/// Each name is that of a function with the attribute [`#[host_fn]`](macro@host_fn); the list is an array of
/// [`Function`]s.
///
/// With a permission in front, `host_fns![permission = "kv"; kv_read, kv_write]`, only plug-ins that were
/// [granted](PluginBuilder::grant) it may import the functions. A function that has a permission of its own keeps that.
#[cfg(not(target_family = "wasm"))]
#[macro_export]
macro_rules! host_fns {
    ($($functions:tt)*) => {
        $crate::__private::host_fns!([$crate::__private] $($functions)*)
    };
}

#[cfg(target_family = "wasm")]
pub use extism_guest::*;
// In place of those of `extism-guest`, whose expansions name that crate.
#[cfg(target_family = "wasm")]
pub use extism_macros::{
    Decode, Encode, PluginError, export_plugin, wasm_host_interface as host_interface,
    wasm_plugin_interface as plugin_interface,
};

/// The errors that a shared crate names.
#[cfg(target_family = "wasm")]
pub mod error {
    pub use extism_guest::{Error, codec::CodecError};
}

/// The names that a shared crate uses.
#[cfg(target_family = "wasm")]
pub mod prelude {
    pub use crate::{Decode, Encode, PluginError, export_plugin, host_interface, plugin_interface};
}
