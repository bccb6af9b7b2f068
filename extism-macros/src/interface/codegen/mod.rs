//! Generates the client from the model.

mod bases;
mod bodies;
mod call;
mod data;
mod describe;
mod docs;
mod exclusive;
mod extends;
mod functions;
mod implementation;
mod item;
mod methods;
mod shared;
mod signature;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, ext::IdentExt};

pub(super) use self::item::item;
use super::{
    attributes,
    model::{Access, Interface, Method, Missing},
};

/// The client and everything that belongs to it. If there were mistakes, bodies do nothing.
pub(super) fn client(interface: &Interface) -> TokenStream {
    let definition = definition(interface);
    let functions = functions::functions(interface);
    let methods = methods::methods(interface);
    let traits = traits(interface);
    let implementation = implementation::of_trait(interface);
    let forwarding = implementation::forwarded(interface);
    let extends = extends::implementations(interface);
    let bodies = bodies::bodies(interface);
    let imports = data::import_checks(interface);
    let description = data::description_test(interface);
    // The methods come first, because the documentation keeps this order.
    quote!(#definition #methods #functions #traits #implementation #forwarding #extends #bodies #imports #description)
}

/// The type of the client's contents. The client holds them in one field, so that a name clash of the client with
/// another type causes only one error.
fn parts(interface: &Interface) -> Ident {
    format_ident!("__ExtismPartsOf{}", interface.item.ident.unraw())
}

/// The field that holds a method's export.
fn field(method: &Method) -> Ident {
    format_ident!("export_{}", method.index)
}

/// The client's type, and that of its contents.
fn definition(interface: &Interface) -> TokenStream {
    let Interface { item, client, .. } = interface;
    let vis = &item.vis;
    let attributes = attributes::tokens(&interface.attributes);
    let docs = docs::client(interface);
    let parts = parts(interface);
    let plugin = match interface.access {
        Access::Exclusive => exclusive::field(interface),
        Access::Shared => shared::fields(interface),
    };
    let exports = exports(interface);
    quote! {
        #attributes
        #docs
        #vis struct #client {
            __extism: #parts,
        }

        #[allow(dead_code, non_camel_case_types)]
        struct #parts {
            #plugin
            #(#exports,)*
        }
    }
}

/// The fields of the methods' exports.
fn exports(interface: &Interface) -> impl Iterator<Item = TokenStream> {
    let runtime = &interface.runtime;
    interface.methods.iter().map(move |method| {
        let cfgs = &method.cfgs;
        let field = field(method);
        let ty = quote!(#runtime::RawExport);
        let ty = if matches!(method.missing, Missing::Refuse) { ty } else { quote!(::core::option::Option<#ty>) };
        quote!(#(#cfgs)* #field: #ty)
    })
}

/// The values of these fields, from the resolved exports.
fn resolved(interface: &Interface) -> impl Iterator<Item = TokenStream> {
    interface.methods.iter().map(|method| {
        let Method { cfgs, export, .. } = method;
        let field = field(method);
        let find = match method.missing {
            Missing::Refuse => quote!(required),
            Missing::Optional | Missing::Default(_) => quote!(optional),
        };
        quote!(#(#cfgs)* #field: __extism_exports.#find(#export))
    })
}

/// The traits that a client implements.
fn traits(interface: &Interface) -> TokenStream {
    let own = match interface.access {
        Access::Exclusive => exclusive::traits(interface),
        Access::Shared => shared::traits(interface),
    };
    let from_compiled = from_compiled(interface);
    let debug = debug(interface);
    quote!(#own #from_compiled #debug)
}

fn from_compiled(Interface { runtime, client, access, .. }: &Interface) -> TokenStream {
    let create = match access {
        Access::Exclusive => quote!(client_of(__extism_plugin)),
        Access::Shared => {
            quote!(shared_client_of(::core::clone::Clone::clone(__extism_plugin), ::core::default::Default::default(),))
        }
    };
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::convert::TryFrom<&#runtime::CompiledPlugin> for #client {
            type Error = #runtime::Error;

            fn try_from(__extism_plugin: &#runtime::CompiledPlugin) -> ::core::result::Result<Self, #runtime::Error> {
                #runtime::#create
            }
        }
    }
}

fn debug(Interface { runtime, client, access, .. }: &Interface) -> TokenStream {
    let name = client.unraw().to_string();
    let (field, value) = match access {
        Access::Exclusive => ("plugin", quote!(#runtime::PluginInterface::plugin(self))),
        Access::Shared => ("pool", quote!(#runtime::SharedInterface::pool(self))),
    };
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::fmt::Debug for #client {
            fn fmt(&self, __extism_formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __extism_formatter.debug_struct(#name).field(#field, #value).finish_non_exhaustive()
            }
        }
    }
}
