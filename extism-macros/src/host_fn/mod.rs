//! `#[host_fn]`: options and item -> model (which notes what is wrong) -> code.

pub(crate) mod codegen;
pub(crate) mod describe;
mod link;
pub(crate) mod model;
pub(crate) mod options;
mod position;
pub(crate) mod read;
pub(crate) mod signature;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Item, ItemFn, ItemImpl};

use self::options::{Options, Place};
use crate::common::Errors;

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let parsed = match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Fn(function)) => return expand_function(options, &function, errors),
        Ok(Item::Impl(block)) => return expand_impl(options, block, errors),
        Ok(other) => other.into_token_stream(),
        // If it cannot be parsed, the compiler explains why when it sees the item itself.
        Err(error) => {
            errors.push(error);
            item
        }
    };
    if errors.is_empty() {
        let culprit = parsed.clone().into_iter().next();
        errors.at(culprit, "`#[host_fn]` goes on a function, or on an `impl` block with the methods of a type");
    }
    let errors = errors.into_tokens();
    quote!(#parsed #errors)
}

fn expand_function(options: TokenStream, item: &ItemFn, mut errors: Errors) -> TokenStream {
    let options = Options::read(Place::Function, options, &mut errors);
    if let Some(error) = position::misplaced(&item.sig) {
        errors.push(error);
        let errors = errors.into_tokens();
        return quote!(#item #errors);
    }
    let function = read::read_function(item, options, &mut errors);
    let errors = errors.into_tokens();
    let registration = codegen::function(&function);
    // Plug-ins pass arguments by value.
    quote! {
        #[allow(clippy::needless_pass_by_value)]
        #item
        #errors
        #registration
    }
}

fn expand_impl(options: TokenStream, mut block: ItemImpl, mut errors: Errors) -> TokenStream {
    let options = Options::read(Place::Impl, options, &mut errors);
    let (set, functions) = read::read_set(&mut block, options, &mut errors);
    let errors = errors.into_tokens();
    let registration = codegen::set(&set, functions.iter());
    quote! {
        #[allow(clippy::needless_pass_by_value, clippy::unused_self)]
        #block
        #errors
        #registration
    }
}
