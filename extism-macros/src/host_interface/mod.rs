//! `#[host_interface]`: options and trait -> model (which notes what is wrong) -> the host's functions, or the plug-in's
//! imports of them.

mod describe;
mod guest;
mod host;
mod model;
mod options;
mod read;
mod section;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Item;

use self::options::InterfaceOptions;
use crate::common::{Errors, Side};

#[allow(clippy::needless_pass_by_value, reason = "as all entry functions")]
pub(crate) fn expand(side: Side, options: TokenStream, item: TokenStream) -> TokenStream {
    let item = match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Trait(item)) => item,
        Ok(other) => {
            let first = other.to_token_stream().into_iter().next();
            let error = syn::Error::new_spanned(first, "`#[host_interface]` goes on a trait").into_compile_error();
            return quote!(#other #error);
        }
        // The compiler explains why too, when it sees the item itself.
        Err(error) => {
            let error = error.into_compile_error();
            return quote!(#item #error);
        }
    };
    let mut errors = Errors::default();
    let mut options = InterfaceOptions::read(options, &mut errors);
    side.locate(&mut options.runtime);
    let interface = read::read(item, options, &mut errors);
    let errors = errors.into_tokens();
    let code = match side {
        Side::Host => host::host(&interface),
        Side::Wasm | Side::Guest => guest::guest(&interface),
    };
    quote!(#code #errors)
}
