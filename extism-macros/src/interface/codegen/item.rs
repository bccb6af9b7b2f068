//! The trait itself.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{FnArg, ItemTrait, Pat, TraitItem, TraitItemFn, parse_quote};

use super::{
    super::model::{Body, Interface, Method},
    bodies, signature,
};

/// The trait as it is emitted: as written, except that default bodies move to where the client can run them too.
pub(in super::super) fn item(interface: &Interface) -> TokenStream {
    let mut item = interface.item.clone();
    for_each_method(&mut item, interface, |function, method| {
        if let Some(body) = method.body().filter(|_| interface.valid) {
            declare(function, interface, method, body);
        } else if let (Some(_), Some(block)) = (method.asyncness, &mut function.default) {
            let block_of_future = bodies::block_of(method, block);
            *block = parse_quote!(#block_of_future);
        }
        return_future(function, method);
    });
    quote! {
        // Programs may use only the client and need the trait only as its declaration.
        #[allow(dead_code)]
        #item
    }
}

/// Applies `change` to each method of the trait. Where there were mistakes, duplicate methods are no longer there.
fn for_each_method(item: &mut ItemTrait, interface: &Interface, mut change: impl FnMut(&mut TraitItemFn, &Method)) {
    let functions = item.items.iter_mut().filter_map(|item| match item {
        TraitItem::Fn(function) => Some(function),
        _ => None,
    });
    for (function, method) in functions.zip(&interface.methods) {
        change(function, method);
    }
}

/// Turns an `async` method into one that returns a `Send` future.
fn return_future(function: &mut TraitItemFn, method: &Method) {
    if method.asyncness.is_some() {
        let returns = signature::declared(method);
        function.sig.asyncness = None;
        function.sig.output = parse_quote!(#returns);
    }
}

/// Replaces the body by a call to where it moved.
fn declare(function: &mut TraitItemFn, interface: &Interface, method: &Method, body: &Body) {
    function.attrs = method.docs.attributes();
    function.attrs.extend(body.of_declaration.iter().cloned());
    for input in &mut function.sig.inputs {
        if let FnArg::Typed(argument) = input
            && let Pat::Ident(pat) = &mut *argument.pat
        {
            pat.mutability = None;
        }
    }
    if !body.of_declaration.iter().any(|attribute| attribute.path().is_ident("inline")) {
        function.attrs.push(parse_quote!(#[inline]));
    }
    function.sig.generics.where_clause = signature::where_clause_of_body(interface, method);
    let call = bodies::call(interface, method);
    function.default = Some(parse_quote!({ #call }));
}
