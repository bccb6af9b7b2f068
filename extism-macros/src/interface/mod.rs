//! `#[plugin_interface]`: options and trait -> model (which notes what is wrong) -> code.

mod attributes;
mod codegen;
mod documentation;
mod guest;
mod markdown;
mod method;
mod model;
mod options;
mod output;
mod read;
mod receiver;
mod recover;
mod rename;
mod result;
mod visibility;
mod wasm;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Item;

use self::options::InterfaceOptions;
pub(crate) use self::rename::{Case, snake_case};
pub(crate) use self::{documentation::documentation, options::parse_version};
use crate::common::{Errors, Side};

pub(crate) fn expand(side: Side, options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let item = visibility::strip(item, &mut errors);
    let unparsed = item.clone();
    let item = match syn::parse2::<Item>(item) {
        Ok(Item::Trait(item)) => item,
        Ok(other) => return refuse(&other),
        // If it cannot be parsed, the compiler explains why too, when it sees the item itself.
        Err(error) => {
            let error = if errors.is_empty() { error.into_compile_error() } else { errors.into_tokens() };
            return quote!(#unparsed #error);
        }
    };
    let mut options = InterfaceOptions::read(options, &mut errors);
    side.locate(&mut options.runtime);
    let mut interface = read::read_interface(item, options, &mut errors);
    // A plug-in does not look into a module, which may be its own.
    if side == Side::Host {
        wasm::check(&mut interface, &mut errors);
    }
    if !errors.is_empty() {
        recover::recover_interface(&mut interface);
    }
    let errors = errors.into_tokens();
    if side != Side::Host {
        let guest = guest::guest(&interface);
        return quote!(#guest #errors);
    }
    let item = codegen::item(&interface);
    let client = codegen::client(&interface);
    quote!(#item #errors #client)
}

fn refuse(item: &Item) -> TokenStream {
    let first = item.to_token_stream().into_iter().find(|token| !matches!(token, proc_macro2::TokenTree::Punct(_)));
    let error = syn::Error::new_spanned(first, "`#[plugin_interface]` goes on a trait").into_compile_error();
    quote!(#item #error)
}
