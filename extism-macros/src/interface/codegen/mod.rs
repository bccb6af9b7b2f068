//! From the model to the wrapper.

mod data;
mod docs;
mod implementation;
mod methods;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, ext::IdentExt};

use super::model::{Interface, Lack, Method};

/// The wrapper and all that belongs to it; when there were mistakes, with bodies that do nothing.
pub(super) fn client(interface: &Interface, valid: bool) -> TokenStream {
    let definition = definition(interface);
    let functions = functions(interface);
    let methods = methods::methods(interface, valid);
    let traits = traits(interface, valid);
    let implementation = implementation::of_trait(interface);
    let imports = data::import_checks(interface, valid);
    // The methods first, as the documentation shows them in this order.
    quote!(#definition #methods #functions #traits #implementation #imports)
}

/// The wrapper's field that holds a method's export.
fn field(method: &Method) -> Ident {
    format_ident!("__extism_export_{}", method.ident.unraw())
}

fn definition(interface: &Interface) -> TokenStream {
    let Interface { runtime, item, wrapper, attributes, .. } = interface;
    let vis = &item.vis;
    let docs = docs::wrapper(interface);
    let fields = interface.methods.iter().map(|method| {
        let cfgs = &method.cfgs;
        let field = field(method);
        let ty = quote!(#runtime::__private::RawExport);
        let ty = if matches!(method.lack, Lack::Refuse) { ty } else { quote!(::core::option::Option<#ty>) };
        quote!(#(#cfgs)* #field: #ty)
    });
    quote! {
        #(#attributes)*
        #[doc = #docs]
        #vis struct #wrapper {
            __extism_plugin: #runtime::Plugin,
            #(#fields,)*
        }
    }
}

/// How a wrapper is made, and what is beneath it. Where a method has the name of one of these, which was reported, it
/// takes its place.
fn functions(interface: &Interface) -> TokenStream {
    let wrapper = &interface.wrapper;
    let functions = [
        ("load", load(interface)),
        ("builder", builder(interface)),
        ("embedded", data::embedded(interface).unwrap_or_default()),
        ("interface", interface_function(interface)),
        ("plugin", plugin(interface)),
        ("plugin_mut", plugin_mut(interface)),
        ("into_inner", into_inner(interface)),
        ("with_context", with_context(interface)),
    ];
    let functions = functions.iter().filter(|(name, _)| !interface.has_method(name)).map(|(_, function)| function);
    quote! {
        #[allow(dead_code, deprecated)]
        impl #wrapper {
            #(#functions)*
        }
    }
}

fn load(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// Loads a plug-in, from a file, a manifest or bytes, and checks its exports.
        ///
        /// # Errors
        ///
        /// When it can't be loaded, compiled or linked, or when its exports don't satisfy the interface.
        #vis fn load(
            source: impl ::core::convert::Into<#runtime::Source>,
        ) -> ::core::result::Result<Self, #runtime::Error> {
            #runtime::PluginBuilder::new(source).typed().build()
        }
    }
}

fn builder(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// A builder whose `build` gives this type: for host functions, WASI, configuration and limits.
        #vis fn builder(source: impl ::core::convert::Into<#runtime::Source>) -> #runtime::PluginBuilder<Self> {
            #runtime::PluginBuilder::new(source).typed()
        }
    }
}

fn interface_function(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// The exports that the trait declares, as data.
        #[must_use]
        #vis fn interface() -> &'static #runtime::Interface {
            <Self as #runtime::PluginInterface>::interface()
        }
    }
}

fn plugin(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// The plug-in beneath.
        #[must_use]
        #vis fn plugin(&self) -> &#runtime::Plugin {
            &self.__extism_plugin
        }
    }
}

fn plugin_mut(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// The plug-in beneath.
        #vis fn plugin_mut(&mut self) -> &mut #runtime::Plugin {
            &mut self.__extism_plugin
        }
    }
}

fn into_inner(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// The plug-in beneath.
        #[must_use]
        #vis fn into_inner(self) -> #runtime::Plugin {
            self.__extism_plugin
        }
    }
}

fn with_context(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// A view whose calls have a context, which host functions reach by `CurrentPlugin::context`.
        #vis fn with_context<C: #runtime::__private::Any + ::core::marker::Send>(
            &mut self,
            context: C,
        ) -> #runtime::WithContext<'_, Self> {
            #runtime::PluginInterface::with_context(self, context)
        }
    }
}

fn traits(interface: &Interface, valid: bool) -> TokenStream {
    let Interface { runtime, wrapper, .. } = interface;
    let name = wrapper.unraw().to_string();
    let resolved = resolved(interface, valid);
    let data = data::interface(interface, valid);
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::convert::TryFrom<#runtime::Plugin> for #wrapper {
            type Error = #runtime::Error;

            fn try_from(plugin: #runtime::Plugin) -> ::core::result::Result<Self, #runtime::Error> {
                #resolved
            }
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl #runtime::PluginInterface for #wrapper {
            fn interface() -> &'static #runtime::Interface {
                static INTERFACE: #runtime::Interface = #data;
                &INTERFACE
            }

            fn plugin(&self) -> &#runtime::Plugin {
                &self.__extism_plugin
            }

            fn plugin_mut(&mut self) -> &mut #runtime::Plugin {
                &mut self.__extism_plugin
            }

            fn into_inner(self) -> #runtime::Plugin {
                self.__extism_plugin
            }
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::fmt::Debug for #wrapper {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                formatter.debug_struct(#name).field("plugin", &self.__extism_plugin).finish_non_exhaustive()
            }
        }
    }
}

/// The body of `try_from`: all exports are looked up here, once.
fn resolved(interface: &Interface, valid: bool) -> TokenStream {
    if !valid {
        return quote!({
            let _ = plugin;
            ::core::unreachable!()
        });
    }
    let runtime = &interface.runtime;
    let exports = interface.methods.iter().map(|method| {
        let cfgs = &method.cfgs;
        let field = field(method);
        let export = match method.lack {
            Lack::Refuse => quote!(exports.required(&plugin)?),
            Lack::Optional | Lack::Default(_) => quote!(exports.optional()),
        };
        quote!(#(#cfgs)* #field: #export)
    });
    quote! {
        #[allow(unused_mut, unused_variables)]
        let mut exports = #runtime::__private::Exports::resolve::<Self>(&plugin)?;
        ::core::result::Result::Ok(Self {
            #(#exports,)*
            __extism_plugin: plugin,
        })
    }
}
