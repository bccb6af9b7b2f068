//! `#[plugin_interface]`: options and trait -> model (which notes what is wrong) -> code.

mod codegen;
mod method;
mod model;
mod options;
mod output;
mod read;
mod recover;
mod wasm;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Item, parse::Parser};

use self::options::InterfaceOptions;
use crate::common::Errors;

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let unparsed = item.clone();
    let item = match syn::parse2::<Item>(item) {
        Ok(Item::Trait(item)) => item,
        Ok(other) => return refuse(&other),
        // What can't be parsed is the compiler's to explain as well, on seeing the item itself.
        Err(error) => {
            let error = error.into_compile_error();
            return quote!(#unparsed #error);
        }
    };
    let options = <InterfaceOptions as syn::parse::Parse>::parse.parse2(options);
    let options = errors.absorb(options).unwrap_or_default();
    let mut interface = read::interface(item, options, &mut errors);
    wasm::check(&mut interface, &mut errors);
    let valid = errors.is_empty();
    if !valid {
        recover::interface(&mut interface);
    }
    let errors = errors.into_tokens();
    let item = &interface.item;
    let client = codegen::client(&interface, valid);
    quote! {
        // The wrapper is what is used; the trait may be there for its declaration alone.
        #[allow(dead_code)]
        #item
        #errors
        #client
    }
}

fn refuse(item: &Item) -> TokenStream {
    let first = item.to_token_stream().into_iter().find(|token| !matches!(token, proc_macro2::TokenTree::Punct(_)));
    let error = syn::Error::new_spanned(first, "`#[plugin_interface]` goes on a trait").into_compile_error();
    quote!(#item #error)
}
