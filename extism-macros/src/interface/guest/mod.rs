//! The plug-in's side of an interface: the trait with a hidden function per method, which runs the export, and the macro
//! in which `#[export_plugin]` finds the exports' names.

mod bases;
mod exports;
mod method;
pub(super) mod section;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{TraitItem, TraitItemFn, ext::IdentExt, parse_quote};

use super::model::{Interface, Method};
use crate::common::{cfgs, unique_trait};

pub(super) fn guest(interface: &Interface) -> TokenStream {
    let id = unique_trait(&interface.item.ident.unraw().to_string());
    let item = item(interface);
    let client = client(interface, id);
    let exports = exports::macros(interface, id);
    quote!(#item #client #exports)
}

/// The trait as written, with what the exports run.
fn item(interface: &Interface) -> TokenStream {
    let mut item = interface.item.clone();
    let functions = item.items.iter_mut().filter_map(|item| match item {
        TraitItem::Fn(function) => Some(function),
        _ => None,
    });
    for (function, method) in functions.zip(&interface.methods) {
        if method.is_optional() && function.default.is_none() {
            leave_out(function, interface, method);
        }
    }
    if interface.valid {
        let methods = interface.methods.iter().filter(|method| exports::is_exported(method));
        item.items.extend(bases::check(interface).map(TraitItem::Verbatim));
        item.items.extend(methods.map(|method| TraitItem::Verbatim(method::export(interface, method))));
    }
    quote! {
        #[allow(dead_code, async_fn_in_trait)]
        #item
    }
}

/// Gives an optional method a body, so that plug-ins can leave it out.
fn leave_out(function: &mut TraitItemFn, interface: &Interface, method: &Method) {
    let runtime = &interface.runtime;
    let export = &method.export;
    function.attrs.push(parse_quote!(#[allow(unused_variables)]));
    function.default = Some(parse_quote!({ #runtime::not_exported(#export) }));
}

/// The client's name, which a shared crate may re-export.
fn client(Interface { runtime, item, client, .. }: &Interface, id: u64) -> TokenStream {
    let (vis, cfgs) = (&item.vis, cfgs(&item.attrs));
    let docs = format!("The host's client of [`{}`]; in a plug-in, only its name.", item.ident);
    quote! {
        #(#cfgs)*
        #[doc = #docs]
        #[allow(dead_code)]
        #vis enum #client {}
        #(#cfgs)*
        #[automatically_derived]
        impl #runtime::InterfaceName for #client {
            type Id = #runtime::InterfaceId<#id>;
        }
    }
}
