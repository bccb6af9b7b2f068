#![doc = include_str!("../README.md")]
#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    clippy::return_self_not_must_use,
    reason = "signatures and warnings are those of the crate that this one stands in for"
)]

mod builder;
mod cancel;
mod compiled;
mod current;
mod debug;
mod error;
mod function;
mod input;
mod log;
mod macros;
mod manifest;
mod memory;
mod plugin;
mod pool;
mod refused;
mod runtime_plugin;
mod user_data;
mod value;
mod vars;

pub use anyhow::Error;
pub use extism_convert as convert;
pub use extism_convert::{FromBytes, FromBytesOwned, ToBytes};
pub use extism_manifest::{Manifest, Wasm, WasmMetadata};
/// The runtime underneath, for what this API does not have: see [`Plugin::as_runtime_mut`] and
/// [`PluginBuilder::with_runtime`].
#[doc(inline)]
pub use extism_runtime as runtime;

pub use self::{
    builder::PluginBuilder,
    cancel::CancelHandle,
    compiled::CompiledPlugin,
    current::CurrentPlugin,
    debug::{DebugOptions, ProfilingStrategy},
    error::runtime_error,
    function::Function,
    input::WasmInput,
    log::set_log_callback,
    plugin::Plugin,
    pool::{Pool, PoolBuilder, PoolPlugin},
    refused::WasmtimeType,
    user_data::{CPtr, UserData},
    value::{PTR, Val, ValType},
};

/// The namespace of the functions that the runtime itself provides to plug-ins.
pub const EXTISM_ENV_MODULE: &str = "extism:host/env";
/// The namespace of host functions that name no other.
pub const EXTISM_USER_MODULE: &str = "extism:host/user";

/// Returns the version of the API, with the zero byte at its end that the official function returns too.
pub fn extism_version() -> &'static str {
    concat!(env!("CARGO_PKG_VERSION"), "\0")
}
