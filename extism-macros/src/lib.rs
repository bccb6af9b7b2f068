//! The macros of `extism-runtime`, which re-exports them. Depend on that crate, not on this one.

mod codec;
mod common;
mod host_fn;
mod host_fns;
mod interface;

use proc_macro::TokenStream;

/// Generates a typed plug-in client from a trait.
#[proc_macro_attribute]
pub fn plugin_interface(options: TokenStream, item: TokenStream) -> TokenStream {
    interface::expand(options.into(), item.into()).into()
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
    codec::expand_encode(item.into()).into()
}

/// Decodes a type from plug-ins with a codec: `#[derive(Decode)] #[codec(Json)]`.
#[proc_macro_derive(Decode, attributes(codec))]
pub fn derive_decode(item: TokenStream) -> TokenStream {
    codec::expand_decode(item.into()).into()
}

#[cfg(test)]
mod tests;
