//! The trait itself.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{FnArg, ItemTrait, Pat, TraitItem, TraitItemFn, parse_quote};

use super::{
    super::model::{Body, Interface, Method},
    bodies,
};

/// The trait as it is emitted: as written, except that default bodies move to where the client can run them too.
pub(in super::super) fn item(interface: &Interface) -> TokenStream {
    let mut item = interface.item.clone();
    if !interface.valid {
        // An `async` method was already reported.
        return quote!(#[allow(dead_code, async_fn_in_trait)] #item);
    }
    hand_on(&mut item, interface);
    quote! {
        // Programs may use only the client and need the trait only as its declaration.
        #[allow(dead_code)]
        #item
    }
}

fn hand_on(item: &mut ItemTrait, interface: &Interface) {
    let functions = item.items.iter_mut().filter_map(|item| match item {
        TraitItem::Fn(function) => Some(function),
        _ => None,
    });
    for (function, method) in functions.zip(&interface.methods) {
        if let Some(body) = method.body() {
            declare(function, interface, method, body);
        }
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
    let call = bodies::call(interface, method);
    function.default = Some(parse_quote!({ #call }));
}
