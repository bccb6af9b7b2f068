//! The client of an interface with `&self` methods: it shares a pool of instances with its clones.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use super::{super::model::Interface, bases, data, field, parts, resolved};

/// The fields of the plug-in and of the clients of the interfaces that this one extends.
pub(super) fn fields(interface: &Interface) -> TokenStream {
    let runtime = &interface.runtime;
    let bases = interface.extends.iter().enumerate().map(|(index, base)| {
        let field = bases::field(index);
        quote!(#field: #base)
    });
    quote!(plugin: #runtime::SharedPlugin, #(#bases,)*)
}

/// The traits that such a client implements.
pub(super) fn traits(interface: &Interface) -> TokenStream {
    let Interface { runtime, client, .. } = interface;
    let data = data::interface_function(interface);
    let from_exports = from_exports(interface);
    let with_shared = with_shared(interface);
    let creation = creation(interface);
    quote! {
        #creation

        #[automatically_derived]
        #[allow(deprecated)]
        impl #runtime::SharedInterface for #client {
            #data
            #from_exports

            fn shared(&self) -> &#runtime::SharedPlugin {
                &self.__extism.plugin
            }

            #with_shared
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::clone::Clone for #client {
            fn clone(&self) -> Self {
                #runtime::SharedInterface::with_shared(self, ::core::clone::Clone::clone(&self.__extism.plugin))
            }
        }
    }
}

/// The sources of a client, besides a compiled plug-in: a pool and a builder.
fn creation(Interface { runtime, client, .. }: &Interface) -> TokenStream {
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::convert::TryFrom<#runtime::Pool> for #client {
            type Error = #runtime::Error;

            fn try_from(__extism_pool: #runtime::Pool) -> ::core::result::Result<Self, #runtime::Error> {
                #runtime::shared_client(__extism_pool)
            }
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl #runtime::FromPlugin for #client {
            fn from_compiled(
                __extism_plugin: #runtime::CompiledPlugin,
                __extism_options: #runtime::PoolOptions,
            ) -> ::core::result::Result<Self, #runtime::Error> {
                #runtime::shared_client_of(__extism_plugin, __extism_options)
            }

            fn share(&self) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(::core::clone::Clone::clone(self))
            }
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl #runtime::FromPool for #client {}
    }
}

/// Creates a client from a shared plug-in and its resolved exports.
fn from_exports(interface: &Interface) -> TokenStream {
    let runtime = &interface.runtime;
    let exports: Vec<_> = resolved(interface).collect();
    let body = contents(interface, &exports, |_, base| {
        let from_exports = bases::of_shared(interface, base, "from_exports");
        quote!(#from_exports(::core::clone::Clone::clone(&__extism_plugin), __extism_exports))
    });
    quote! {
        #[allow(unused_variables)]
        fn from_exports(
            __extism_plugin: #runtime::SharedPlugin,
            __extism_exports: &mut #runtime::ResolvedExports,
        ) -> Self {
            #body
        }
    }
}

/// Creates a client that calls the same exports with other options.
fn with_shared(interface: &Interface) -> TokenStream {
    let runtime = &interface.runtime;
    let exports = interface.methods.iter().map(|method| {
        let (cfgs, field) = (&method.cfgs, field(method));
        quote!(#(#cfgs)* #field: self.__extism.#field)
    });
    let exports: Vec<_> = exports.collect();
    let body = contents(interface, &exports, |index, base| {
        let field = bases::field(index);
        let with_shared = bases::of_shared(interface, base, "with_shared");
        quote!(#with_shared(&self.__extism.#field, ::core::clone::Clone::clone(&__extism_plugin)))
    });
    quote! {
        #[allow(unused_variables)]
        fn with_shared(&self, __extism_plugin: #runtime::SharedPlugin) -> Self {
            #body
        }
    }
}

/// A client, from the values of its fields.
fn contents(interface: &Interface, exports: &[TokenStream], base: impl Fn(usize, &Path) -> TokenStream) -> TokenStream {
    if !interface.valid {
        return quote!(::core::unreachable!());
    }
    let parts = parts(interface);
    let bases = interface.extends.iter().enumerate().map(|(index, path)| {
        let (field, value) = (bases::field(index), base(index, path));
        quote!(#field: #value)
    });
    // The bases come first, because they clone the plug-in that is moved.
    quote! {
        Self {
            __extism: #parts {
                #(#bases,)*
                #(#exports,)*
                plugin: __extism_plugin,
            },
        }
    }
}
