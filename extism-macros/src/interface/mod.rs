//! `#[plugin_interface]`: options and trait -> model (which notes what is wrong) -> code.

mod attributes;
mod codegen;
mod documentation;
mod markdown;
mod method;
mod model;
mod module_path;
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
use crate::common::Errors;

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
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
    let options = InterfaceOptions::read(options, &mut errors);
    let mut interface = read::read_interface(item, options, &mut errors);
    wasm::check(&mut interface, &mut errors);
    if !errors.is_empty() {
        recover::recover_interface(&mut interface);
    }
    let errors = errors.into_tokens();
    let item = codegen::item(&interface);
    let client = codegen::client(&interface);
    quote!(#item #errors #client)
}

fn refuse(item: &Item) -> TokenStream {
    let first = item.to_token_stream().into_iter().find(|token| !matches!(token, proc_macro2::TokenTree::Punct(_)));
    let error = syn::Error::new_spanned(first, "`#[plugin_interface]` goes on a trait").into_compile_error();
    quote!(#item #error)
}
