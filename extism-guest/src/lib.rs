//! Extism plug-ins in Rust, from the trait that their host uses.
//!
//! The interface is a trait in a crate that host and plug-in share. It depends on `extism-runtime` alone: compiled for
//! WebAssembly, that crate is this one, without an engine.
//!
//! ```
//! # extern crate extism_guest as extism_runtime;
//! # mod shop_interface {
//! use extism_runtime::plugin_interface;
//!
//! /// Counts vowels.
//! #[plugin_interface]
//! pub trait VowelCounter {
//!     /// Counts the vowels of a text.
//!     fn count_vowels(&mut self, text: &str) -> u32;
//! }
//! # }
//! # fn main() {}
//! ```
//!
//! The plug-in is a `cdylib` that implements it. [`#[export_plugin]`](macro@export_plugin) on the implementation makes
//! the exports:
//!
//! ```
//! # extern crate extism_guest as extism_runtime;
//! # mod vowels_interface {
//! # #[extism_runtime::plugin_interface]
//! # pub trait VowelCounter {
//! #     fn count_vowels(&mut self, text: &str) -> u32;
//! # }
//! # }
//! use extism_guest::{config, export_plugin, info};
//! use vowels_interface::VowelCounter;
//!
//! #[derive(Default)]
//! struct Counter {
//!     calls: u32,
//! }
//!
//! #[export_plugin]
//! impl VowelCounter for Counter {
//!     fn count_vowels(&mut self, text: &str) -> u32 {
//!         self.calls += 1;
//!         info!("call {}", self.calls);
//!         let vowels = config::get("vowels").ok().flatten().unwrap_or_else(|| "aeiouAEIOU".to_owned());
//!         text.chars().filter(|letter| vowels.contains(*letter)).count() as u32
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! Whatever the interface says is right on both sides: names, codecs, how several arguments are encoded. The module is an
//! ordinary Extism plug-in, which any Extism runtime runs.
//!
//! - The type's value is the plug-in's state; it is created before the first call by `Default` or [`PluginState`], and
//!   lives as long as the instance.
//! - [`config`], [`var`], [`http`] and the log macros have the names of `extism-pdk`.
//! - Functions of the host are a trait too: see [`#[host_interface]`](macro@host_interface).
//! - An error that implements [`PluginError`] reaches the host as a value; of any other, the host gets the text.
//! - A panic becomes Extism's error; the instance ends.
//!
//! Compiled for anything but WebAssembly, as by `cargo test`, plug-ins run without a host: `config` is empty, variables
//! are kept per thread, and the functions of the host panic. The shared crate is the host's side there, with its engine,
//! unless the plug-in's folder has a `.cargo/config.toml` that says otherwise:
//!
//! ```toml
//! [build]
//! rustflags = ["--cfg", "extism_guest"]
//! ```

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod block;
pub mod config;
mod env;
mod error;
mod export;
mod exports;
mod failure;
pub mod http;
mod import;
mod log;
mod named;
mod room;
mod states;
mod text;
pub mod var;

#[doc(inline)]
pub use extism_codec::{Decode, Encode, Json};
/// Decodes a type with a codec: `#[derive(Decode)] #[codec(Json)]`.
pub use extism_macros::GuestDecode as Decode;
/// Encodes a type with a codec: `#[derive(Encode)] #[codec(Json)]`.
pub use extism_macros::GuestEncode as Encode;
#[doc = include_str!("docs/plugin_error.md")]
pub use extism_macros::GuestPluginError as PluginError;
#[doc = include_str!("docs/export_plugin.md")]
pub use extism_macros::guest_export_plugin as export_plugin;
#[doc = include_str!("docs/host_interface.md")]
pub use extism_macros::guest_host_interface as host_interface;
#[doc = include_str!("docs/plugin_interface.md")]
pub use extism_macros::guest_plugin_interface as plugin_interface;

pub use crate::{
    error::{Error, PluginError},
    http::{HttpRequest, HttpResponse},
    log::LogLevel,
    states::PluginState,
};

#[cfg(doctest)]
#[doc = include_str!("../doctests/plugin.md")]
mod guide {}

/// Codecs: how values become bytes and bytes become values.
pub mod codec {
    #[doc(inline)]
    pub use extism_codec::*;
}

/// What a `#[host_interface]`'s functions pass as it is.
pub mod host {
    #[doc(inline)]
    pub use extism_codec::Scalar;
}

/// What `#[export_plugin]` finds under the name of a trait that is no interface of a plug-in.
#[cfg(target_family = "wasm")]
#[doc(hidden)]
#[macro_export]
macro_rules! __extism_undeclared_interface {
    (__extism_whole $($export:tt)*) => {};
    ($otherwise:item $($export:tt)*) => {
        $otherwise
    };
}

/// Compiled for anything but WebAssembly, a shared crate's traits are the host's, and there is nothing to export.
#[cfg(not(target_family = "wasm"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __extism_undeclared_interface {
    ($($export:tt)*) => {};
}

// The attributes that a crate with `#![forbid(unsafe_code)]` cannot write are here: in macros of another crate, the
// compiler does not count them as that crate's.

/// An export. Two exports of one name are an error of the linker.
#[doc(hidden)]
#[macro_export]
macro_rules! __extism_export_item {
    ($name:literal, $call:expr) => {
        #[cfg_attr(target_family = "wasm", unsafe(export_name = $name))]
        extern "C" fn __extism_export() -> i32 {
            $call
        }
    };
}

/// A piece of the custom section that describes the module. Nothing reads it as a value.
#[doc(hidden)]
#[macro_export]
macro_rules! __extism_section_item {
    (file $path:literal) => {
        #[cfg(target_family = "wasm")]
        #[used]
        #[unsafe(link_section = "extism:interface")]
        static __EXTISM_INTERFACE: [u8; ::core::include_bytes!($path).len()] = *::core::include_bytes!($path);
    };
    ($length:literal, $bytes:literal) => {
        #[cfg(target_family = "wasm")]
        #[used]
        #[unsafe(link_section = "extism:interface")]
        static __EXTISM_INTERFACE: [u8; $length] = *$bytes;
    };
}
