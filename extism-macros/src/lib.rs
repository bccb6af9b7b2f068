//! The macros of `extism-runtime`, which re-exports them: name that crate, not this one.

mod codec;
mod common;
mod host_fn;
mod host_fns;
mod interface;

use proc_macro::TokenStream;

/// Makes a typed client of a plug-in out of a trait.
#[proc_macro_attribute]
pub fn plugin_interface(options: TokenStream, item: TokenStream) -> TokenStream {
    interface::expand(options.into(), item.into()).into()
}

/// Makes functions that plug-ins can import out of a function, or out of the methods of an `impl` block.
#[proc_macro_attribute]
pub fn host_fn(options: TokenStream, item: TokenStream) -> TokenStream {
    host_fn::expand(options.into(), item.into()).into()
}

/// What `extism_runtime::host_fns!` hands its list to, with the path of that crate before it.
#[doc(hidden)]
#[proc_macro]
pub fn host_fns(list: TokenStream) -> TokenStream {
    host_fns::expand(list.into()).into()
}

/// Sends a type to plug-ins by a codec: `#[derive(Encode)] #[codec(Json)]`.
#[proc_macro_derive(Encode, attributes(codec))]
pub fn derive_encode(item: TokenStream) -> TokenStream {
    codec::expand_encode(item.into()).into()
}

/// Receives a type from plug-ins by a codec: `#[derive(Decode)] #[codec(Json)]`.
#[proc_macro_derive(Decode, attributes(codec))]
pub fn derive_decode(item: TokenStream) -> TokenStream {
    codec::expand_decode(item.into()).into()
}

#[cfg(test)]
mod tests;
