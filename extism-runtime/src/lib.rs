// Compiled to WebAssembly, this crate is the plug-in's side, `extism-guest`, so that a crate that host and plug-in share
// depends on it alone. With `--cfg extism_guest` it is that side on any machine, so that plug-ins are checked and tested
// without an engine. A test checks that each item here says which of the two it belongs to.
// The README's links lead to files on a code host, but here to pages: the first of two definitions of a link counts.
//! [both]: crate::guide#both-sides
//! [codec]: crate::codec
//! [features]: crate::guide#features
//! [guide]: crate::guide
//! [host_fn]: macro@host_fn
//! [plugin_interface]: macro@plugin_interface
//! [permissions]: crate::guide#permissions
//! [security]: crate::guide::security
//! [servers]: crate::guide#servers
//! [sets]: crate::guide#sets-of-plug-ins
//! [speed]: crate::guide#speed
//! [tenants]: crate::guide::security#tenants
#![cfg_attr(not(any(target_family = "wasm", extism_guest)), doc = include_str!("../README.md"))]
#![cfg_attr(any(target_family = "wasm", extism_guest), doc = include_str!("docs/wasm.md"))]

#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod artifact;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod background;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod bounded;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod client;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg_attr(not(feature = "wasi"), allow(dead_code, reason = "only WASI reads clocks"))]
mod clock;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod codec;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod compile;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod display;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod dwarf;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod engine;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod engine_types;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod env;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod error;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod exports;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod features;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod fuse;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg(test)]
mod fuzzing;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg(any(test, fuzzing))]
#[path = "fuzzing/instantiate.rs"]
mod fuzzing_instantiate;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg(any(test, fuzzing))]
#[path = "fuzzing/lift/mod.rs"]
mod fuzzing_lift;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg(any(test, fuzzing))]
#[path = "fuzzing/numbers.rs"]
mod fuzzing_numbers;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg(all(any(test, fuzzing), feature = "wasi"))]
#[path = "fuzzing/wasi/mod.rs"]
mod fuzzing_wasi;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod guide;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod host;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg(feature = "http")]
pub mod http;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod imports;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod inspect;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod interface;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod kernel;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod limits;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod link;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod load;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod log;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod manifest;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod nearest;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod permission;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg_attr(not(all(feature = "wasi", feature = "cache")), allow(dead_code, reason = "not all of it is used then"))]
mod places;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod plugin;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod plugin_id;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod pool;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod prelude;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod processors;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod profile;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod random;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod run;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod set;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod settings;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg_attr(not(all(feature = "wasi", feature = "http")), allow(dead_code, reason = "not all of it is used then"))]
mod shares;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg(feature = "snapshot")]
pub mod snapshot;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod store;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg_attr(not(feature = "wasi"), allow(dead_code, reason = "only WASI has streams"))]
mod streams;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg(feature = "test")]
pub mod test;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod usage;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
pub mod value;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg(feature = "wasi")]
mod wasi;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
mod wasm_types;

#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg(fuzzing)]
#[doc(hidden)]
pub use crate::fuzzing_instantiate::instantiate as instantiate_under_limits;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg(fuzzing)]
#[doc(hidden)]
pub use crate::fuzzing_lift::lift as lift_a_loop;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[cfg(all(fuzzing, feature = "wasi"))]
#[doc(hidden)]
pub use crate::fuzzing_wasi::wasi as call_wasi;
// What most programs use. The modules contain these and everything else.
#[cfg(not(any(target_family = "wasm", extism_guest)))]
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
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[doc = include_str!("docs/plugin_error.md")]
pub use extism_macros::PluginError;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[doc = include_str!("docs/host_fn.md")]
pub use extism_macros::host_fn;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[doc = include_str!("docs/host_interface.md")]
pub use extism_macros::host_interface;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[doc = include_str!("docs/plugin_interface.md")]
pub use extism_macros::plugin_interface;
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[doc = include_str!("docs/derive.md")]
pub use extism_macros::{Decode, Encode};

/// Lists host functions for [`PluginBuilder::with_functions`]: `host_fns![kv_read, storage::kv_write]`.
///
/// Each name is that of a function with the attribute [`#[host_fn]`](macro@host_fn); the list is an array of
/// [`Function`]s.
///
/// With a permission in front, `host_fns![permission = "kv"; kv_read, kv_write]`, only plug-ins that were
/// [granted](PluginBuilder::grant) it may import the functions. A function that has a permission of its own keeps that.
#[cfg(not(any(target_family = "wasm", extism_guest)))]
#[macro_export]
macro_rules! host_fns {
    ($($functions:tt)*) => {
        $crate::__private::host_fns!([$crate::__private] $($functions)*)
    };
}

#[cfg(any(target_family = "wasm", extism_guest))]
pub use extism_guest::*;
// In place of those of `extism-guest`, whose expansions name that crate.
#[cfg(any(target_family = "wasm", extism_guest))]
pub use extism_macros::{
    Decode, Encode, PluginError, export_plugin, wasm_host_interface as host_interface,
    wasm_plugin_interface as plugin_interface,
};

/// The errors that a shared crate names.
#[cfg(any(target_family = "wasm", extism_guest))]
pub mod error {
    pub use extism_guest::{Error, codec::CodecError};
}

/// The names that a shared crate uses.
#[cfg(any(target_family = "wasm", extism_guest))]
pub mod prelude {
    pub use crate::{Decode, Encode, PluginError, export_plugin, host_interface, plugin_interface};
}
