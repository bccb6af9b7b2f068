//! The API of the crate `extism` 1.41 on [`extism_runtime`]: same names, same signatures, same behaviour.
//!
//! A program that depends on `extism`, itself or through other crates, changes to this runtime by one entry in its
//! Cargo.toml; its code and that of its dependencies stay as they are:
//!
//! ```toml
//! [patch.crates-io]
//! extism = { git = "..." } # or path = ".../compat"
//! ```
//!
//! The README says what differs, and how to go on to typed interfaces one trait at a time.
//!
//! ```
//! use extism::{Manifest, PTR, Plugin, UserData, Wasm, host_fn};
//!
//! host_fn!(shout(_data: (); text: String) -> String { Ok(text.to_uppercase()) });
//!
//! # fn main() -> Result<(), extism::Error> {
//! let manifest = Manifest::new([Wasm::file("../examples/plugins/reflect.wasm")]);
//! let shout = extism::Function::new("reflect", [PTR], [PTR], UserData::default(), shout);
//! let mut plugin = Plugin::new(&manifest, [shout], false)?;
//! assert_eq!(plugin.call::<&str, &str>("reflect", "hello")?, "HELLO");
//! # Ok(())
//! # }
//! ```

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
