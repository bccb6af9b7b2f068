// The README's links lead to files on a code host, but here to pages: the first of two definitions of a link counts.
//! [codec]: crate::codec
//! [guide]: crate::guide
//! [host_fn]: macro@host_fn
//! [plugin_interface]: macro@plugin_interface
//! [security]: crate::guide::security
//! [speed]: crate::guide#speed
//! [tenants]: crate::guide::security#tenants
#![doc = include_str!("../README.md")]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod artifact;
mod background;
mod bounded;
pub mod client;
mod clock;
pub mod codec;
mod compile;
mod display;
mod dwarf;
pub mod engine;
mod engine_types;
mod env;
pub mod error;
mod exports;
mod features;
mod fuse;
#[cfg(test)]
mod fuzzing;
#[cfg(any(test, fuzzing))]
#[path = "fuzzing/dwarf.rs"]
mod fuzzing_dwarf;
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
pub mod host;
#[cfg(feature = "http")]
pub mod http;
mod imports;
pub mod inspect;
pub mod interface;
mod kernel;
mod limits;
mod link;
mod load;
pub mod log;
pub mod manifest;
mod nearest;
mod permission;
#[cfg_attr(not(all(feature = "wasi", feature = "cache")), allow(dead_code, reason = "not all of it is used then"))]
mod places;
pub mod plugin;
mod plugin_id;
pub mod pool;
pub mod prelude;
pub mod profile;
mod random;
mod run;
pub mod set;
mod settings;
#[cfg_attr(not(all(feature = "wasi", feature = "http")), allow(dead_code, reason = "not all of it is used then"))]
mod shares;
#[cfg(feature = "snapshot")]
pub mod snapshot;
mod store;
mod streams;
pub mod usage;
pub mod value;
#[cfg(feature = "wasi")]
mod wasi;
mod wasm_types;

#[cfg(fuzzing)]
#[doc(hidden)]
pub use crate::fuzzing_dwarf::dwarf as find_lines;
#[cfg(fuzzing)]
#[doc(hidden)]
pub use crate::fuzzing_instantiate::instantiate as instantiate_under_limits;
#[cfg(fuzzing)]
#[doc(hidden)]
pub use crate::fuzzing_lift::lift as lift_a_loop;
#[cfg(all(fuzzing, feature = "wasi"))]
#[doc(hidden)]
pub use crate::fuzzing_wasi::wasi as call_wasi;
// What most programs use. The modules contain these and everything else.
#[doc(inline)]
pub use crate::{
    client::PluginInterface,
    codec::{Decode, Encode, Json},
    engine::Engine,
    error::Error,
    host::{CurrentPlugin, Function, State},
    load::Source,
    manifest::{Manifest, Wasm},
    plugin::{CancelHandle, CompiledPlugin, Export, Plugin, PluginBuilder, PluginId},
    pool::Pool,
    value::{Val, ValType},
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
///
/// With a permission in front, `host_fns![permission = "kv"; kv_read, kv_write]`, only plug-ins that were
/// [granted](PluginBuilder::grant) it may import the functions. A function that has a permission of its own keeps that.
#[macro_export]
macro_rules! host_fns {
    ($($functions:tt)*) => {
        $crate::__private::host_fns!([$crate::__private] $($functions)*)
    };
}
