//! The macros of `extism-runtime`, which re-exports them. Depend on that crate, not on this one.

mod codec;
mod common;
mod description;
mod export_plugin;
mod host_fn;
mod host_fns;
mod host_interface;
mod interface;
mod plugin_error;

use proc_macro::TokenStream;

use self::common::Side;

/// Generates a typed plug-in client from a trait.
#[proc_macro_attribute]
pub fn plugin_interface(options: TokenStream, item: TokenStream) -> TokenStream {
    interface::expand(Side::Host, options.into(), item.into()).into()
}

/// The plug-in's side of `plugin_interface`.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn wasm_plugin_interface(options: TokenStream, item: TokenStream) -> TokenStream {
    interface::expand(Side::Wasm, options.into(), item.into()).into()
}

/// The plug-in's side of `plugin_interface`, in `extism-guest`.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn guest_plugin_interface(options: TokenStream, item: TokenStream) -> TokenStream {
    interface::expand(Side::Guest, options.into(), item.into()).into()
}

/// Generates host functions, and a plug-in's access to them, from a trait.
#[proc_macro_attribute]
pub fn host_interface(options: TokenStream, item: TokenStream) -> TokenStream {
    host_interface::expand(Side::Host, options.into(), item.into()).into()
}

/// The plug-in's side of `host_interface`.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn wasm_host_interface(options: TokenStream, item: TokenStream) -> TokenStream {
    host_interface::expand(Side::Wasm, options.into(), item.into()).into()
}

/// The plug-in's side of `host_interface`, in `extism-guest`.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn guest_host_interface(options: TokenStream, item: TokenStream) -> TokenStream {
    host_interface::expand(Side::Guest, options.into(), item.into()).into()
}

/// Exports the methods of an implementation of a `#[plugin_interface]` trait from a plug-in.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn export_plugin(options: TokenStream, item: TokenStream) -> TokenStream {
    export_plugin::expand(Side::Wasm, options.into(), item.into()).into()
}

/// `export_plugin` in `extism-guest`.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn guest_export_plugin(options: TokenStream, item: TokenStream) -> TokenStream {
    export_plugin::expand(Side::Guest, options.into(), item.into()).into()
}

/// Turns a function, or the methods of an `impl` block, into host functions that plug-ins can import.
#[proc_macro_attribute]
pub fn host_fn(options: TokenStream, item: TokenStream) -> TokenStream {
    host_fn::expand(options.into(), item.into()).into()
}

/// Expands the list of `extism_runtime::host_fns!`, which is preceded by the path of that crate.
#[doc(hidden)]
#[proc_macro]
pub fn host_fns(list: TokenStream) -> TokenStream {
    host_fns::expand(list.into()).into()
}

/// Encodes a type for plug-ins with a codec: `#[derive(Encode)] #[codec(Json)]`.
#[proc_macro_derive(Encode, attributes(codec))]
pub fn derive_encode(item: TokenStream) -> TokenStream {
    codec::expand_encode(Side::Host, item.into()).into()
}

/// Decodes a type from plug-ins with a codec: `#[derive(Decode)] #[codec(Json)]`.
#[proc_macro_derive(Decode, attributes(codec))]
pub fn derive_decode(item: TokenStream) -> TokenStream {
    codec::expand_decode(Side::Host, item.into()).into()
}

/// Lets an error cross between plug-in and host as a value.
#[proc_macro_derive(PluginError, attributes(plugin_error))]
pub fn derive_plugin_error(item: TokenStream) -> TokenStream {
    plugin_error::expand(Side::Host, item.into()).into()
}

/// `derive(Encode)` in `extism-guest`.
#[doc(hidden)]
#[proc_macro_derive(GuestEncode, attributes(codec))]
pub fn derive_guest_encode(item: TokenStream) -> TokenStream {
    codec::expand_encode(Side::Guest, item.into()).into()
}

/// `derive(Decode)` in `extism-guest`.
#[doc(hidden)]
#[proc_macro_derive(GuestDecode, attributes(codec))]
pub fn derive_guest_decode(item: TokenStream) -> TokenStream {
    codec::expand_decode(Side::Guest, item.into()).into()
}

/// `derive(PluginError)` in `extism-guest`.
#[doc(hidden)]
#[proc_macro_derive(GuestPluginError, attributes(plugin_error))]
pub fn derive_guest_plugin_error(item: TokenStream) -> TokenStream {
    plugin_error::expand(Side::Guest, item.into()).into()
}

#[cfg(test)]
mod tests;
