//! Generates the client from the model.

mod bodies;
mod data;
mod docs;
mod extends;
mod functions;
mod implementation;
mod item;
mod methods;
mod signature;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, ext::IdentExt};

pub(super) use self::item::item;
use super::{
    attributes,
    model::{Interface, Method, Missing},
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
    // The methods come first, because the documentation keeps this order.
    quote!(#definition #methods #functions #traits #implementation #forwarding #extends #bodies #imports)
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

fn definition(interface: &Interface) -> TokenStream {
    let Interface { runtime, item, client, .. } = interface;
    let vis = &item.vis;
    let attributes = attributes::tokens(&interface.attributes);
    let docs = docs::client(interface);
    let holder = extends::holder(interface);
    let parts = parts(interface);
    let fields = interface.methods.iter().map(|method| {
        let cfgs = &method.cfgs;
        let field = field(method);
        let ty = quote!(#runtime::__private::RawExport);
        let ty = if matches!(method.missing, Missing::Refuse) { ty } else { quote!(::core::option::Option<#ty>) };
        quote!(#(#cfgs)* #field: #ty)
    });
    quote! {
        #attributes
        #docs
        #vis struct #client {
            __extism: #parts,
        }

        #[allow(dead_code, non_camel_case_types)]
        struct #parts {
            plugin: #holder,
            #(#fields,)*
        }
    }
}

/// The traits that a client implements.
fn traits(interface: &Interface) -> TokenStream {
    let Interface { runtime, client, .. } = interface;
    let name = client.unraw().to_string();
    let from_exports = from_exports(interface);
    let data = data::interface_function(interface);
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::convert::TryFrom<#runtime::Plugin> for #client {
            type Error = #runtime::Error;

            fn try_from(__extism_plugin: #runtime::Plugin) -> ::core::result::Result<Self, #runtime::Error> {
                #runtime::__private::client(__extism_plugin)
            }
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::convert::TryFrom<&#runtime::CompiledPlugin> for #client {
            type Error = #runtime::Error;

            fn try_from(__extism_plugin: &#runtime::CompiledPlugin) -> ::core::result::Result<Self, #runtime::Error> {
                #runtime::__private::client_of(__extism_plugin)
            }
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl #runtime::PluginInterface for #client {
            #data

            fn plugin(&self) -> &#runtime::Plugin {
                #runtime::__private::Holder::plugin(&self.__extism.plugin)
            }

            fn plugin_mut(&mut self) -> &mut #runtime::Plugin {
                #runtime::__private::Holder::plugin_mut(&mut self.__extism.plugin)
            }

            fn into_inner(self) -> #runtime::Plugin {
                #runtime::__private::Holder::into_inner(self.__extism.plugin)
            }

            #from_exports
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::fmt::Debug for #client {
            fn fmt(&self, __extism_formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __extism_formatter
                    .debug_struct(#name)
                    .field("plugin", #runtime::PluginInterface::plugin(self))
                    .finish_non_exhaustive()
            }
        }
    }
}

/// Creates a client from a plug-in and its resolved exports.
fn from_exports(interface: &Interface) -> TokenStream {
    let runtime = &interface.runtime;
    let parts = parts(interface);
    let body = if interface.valid {
        let exports = interface.methods.iter().map(|method| {
            let Method { cfgs, export, .. } = method;
            let field = field(method);
            let find = match method.missing {
                Missing::Refuse => quote!(required),
                Missing::Optional | Missing::Default(_) => quote!(optional),
            };
            quote!(#(#cfgs)* #field: __extism_exports.#find(#export))
        });
        quote! {
            Self {
                __extism: #parts {
                    plugin: #runtime::__private::Holder::hold(__extism_plugin, __extism_exports),
                    #(#exports,)*
                },
            }
        }
    } else {
        quote!(::core::unreachable!())
    };
    quote! {
        #[allow(unused_variables)]
        fn from_exports(__extism_plugin: #runtime::Plugin, __extism_exports: &mut #runtime::__private::ResolvedExports) -> Self {
            #body
        }
    }
}
