//! `#[host_fn]`: options and item -> model (which records mistakes) -> code.

mod argument;
mod codegen;
mod link;
mod model;
mod options;
mod position;
mod signature;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Item, ItemFn, ItemImpl, parse::Parser};

use self::{
    model::{Function, FunctionSet},
    options::{Options, Place},
};
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
    let options = Options::parser(Place::Function).parse2(options);
    let options = errors.absorb(options).unwrap_or_default();
    if let Some(receiver) = item.sig.receiver() {
        errors.at(receiver, "a method becomes a host function by `#[host_fn]` on its `impl` block, not on itself");
        let errors = errors.into_tokens();
        return quote!(#item #errors);
    }
    if position::is_in_impl() {
        errors.at(
            &item.sig.ident,
            "a function of a type becomes no host function by `#[host_fn]` on itself: move it out of the block, \
             or take `&self` and put `#[host_fn]` on the `impl` block",
        );
        let errors = errors.into_tokens();
        return quote!(#item #errors);
    }
    let function = Function::of_fn(item, options, &mut errors);
    let valid = errors.is_empty();
    let errors = errors.into_tokens();
    let registration = codegen::function(item, &function, valid);
    // Plug-ins pass arguments by value.
    quote! {
        #[allow(clippy::needless_pass_by_value)]
        #item
        #errors
        #registration
    }
}

fn expand_impl(options: TokenStream, mut block: ItemImpl, mut errors: Errors) -> TokenStream {
    let options = Options::parser(Place::Impl).parse2(options);
    let options = errors.absorb(options).unwrap_or_default();
    let set = FunctionSet::of_impl(&mut block, &options, &mut errors);
    let valid = errors.is_empty();
    let errors = errors.into_tokens();
    let registration = codegen::set(&block, &set, valid);
    quote! {
        #[allow(clippy::needless_pass_by_value, clippy::unused_self)]
        #block
        #errors
        #registration
    }
}
