//! The client of an interface with `&mut self` methods: it has one instance.

use proc_macro2::TokenStream;
use quote::quote;

use super::{super::model::Interface, bases, data, parts, resolved};

/// The field of the plug-in.
pub(super) fn field(interface: &Interface) -> TokenStream {
    let holder = bases::holder(interface);
    quote!(plugin: #holder,)
}

/// The traits that such a client implements.
pub(super) fn traits(interface: &Interface) -> TokenStream {
    let Interface { runtime, client, .. } = interface;
    let from_exports = from_exports(interface);
    let data = data::interface_function(interface);
    let of_holder = |function| bases::of_holder(interface, function);
    let (plugin, plugin_mut, into_inner) = (of_holder("plugin"), of_holder("plugin_mut"), of_holder("into_inner"));
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::convert::TryFrom<#runtime::Plugin> for #client {
            type Error = #runtime::Error;

            fn try_from(__extism_plugin: #runtime::Plugin) -> ::core::result::Result<Self, #runtime::Error> {
                #runtime::client(__extism_plugin)
            }
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl #runtime::PluginInterface for #client {
            #data

            fn plugin(&self) -> &#runtime::Plugin {
                #plugin(&self.__extism.plugin)
            }

            fn plugin_mut(&mut self) -> &mut #runtime::Plugin {
                #plugin_mut(&mut self.__extism.plugin)
            }

            fn into_inner(self) -> #runtime::Plugin {
                #into_inner(self.__extism.plugin)
            }

            #from_exports
        }
    }
}

/// Creates a client from a plug-in and its resolved exports.
fn from_exports(interface: &Interface) -> TokenStream {
    let runtime = &interface.runtime;
    let parts = parts(interface);
    let hold = bases::of_holder(interface, "hold");
    let body = if interface.valid {
        let exports = resolved(interface);
        quote! {
            Self {
                __extism: #parts {
                    plugin: #hold(__extism_plugin, __extism_exports),
                    #(#exports,)*
                },
            }
        }
    } else {
        quote!(::core::unreachable!())
    };
    quote! {
        #[allow(unused_variables)]
        fn from_exports(
            __extism_plugin: #runtime::Plugin,
            __extism_exports: &mut #runtime::ResolvedExports,
        ) -> Self {
            #body
        }
    }
}
