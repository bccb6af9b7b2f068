//! The functions that create a client and give access to its plug-in.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    super::model::{Access, Interface},
    data,
};

/// The client's own functions. A method with the same name as one of these was reported, and
/// replaces it.
pub(super) fn functions(interface: &Interface) -> TokenStream {
    let client = &interface.client;
    let created = [
        ("load", load(interface)),
        ("builder", builder(interface)),
        ("embedded", data::embedded(interface).unwrap_or_default()),
        ("interface", interface_function(interface)),
    ];
    let used = match interface.access {
        Access::Exclusive => vec![
            ("plugin", plugin(interface)),
            ("plugin_mut", plugin_mut(interface)),
            ("into_inner", into_inner(interface)),
            ("with_context", with_context(interface)),
            ("with_timeout", with_timeout(interface)),
        ],
        Access::Shared => vec![
            ("pool", pool(interface)),
            ("with_context", with_shared_context(interface)),
            ("with_timeout", with_shared_timeout(interface)),
        ],
    };
    let functions = created.into_iter().chain(used);
    let functions = functions.filter(|(name, _)| !interface.has_method(name)).map(|(_, function)| function);
    quote! {
        #[allow(dead_code, deprecated)]
        impl #client {
            #(#functions)*
        }
    }
}

fn load(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// Loads a plug-in from a path, bytes or a manifest, and checks its exports.
        ///
        /// # Errors
        ///
        /// Returns an error if the plug-in cannot be loaded, compiled or linked, or lacks an export.
        #vis fn load(
            __extism_source: impl ::core::convert::Into<#runtime::Source>,
        ) -> ::core::result::Result<Self, #runtime::Error> {
            #runtime::PluginBuilder::new(__extism_source).typed().build()
        }
    }
}

fn builder(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// Creates a builder that builds this client: for host functions, WASI, configuration and limits.
        #vis fn builder(__extism_source: impl ::core::convert::Into<#runtime::Source>) -> #runtime::PluginBuilder<Self> {
            #runtime::PluginBuilder::new(__extism_source).typed()
        }
    }
}

fn interface_function(Interface { runtime, item, access, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    let trait_of_clients = match access {
        Access::Exclusive => quote!(PluginInterface),
        Access::Shared => quote!(SharedInterface),
    };
    quote! {
        /// Returns the exports that the trait declares.
        #[must_use]
        #vis fn interface() -> &'static #runtime::Interface {
            <Self as #runtime::#trait_of_clients>::interface()
        }
    }
}

fn plugin(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// Returns the underlying plug-in.
        #[must_use]
        #vis fn plugin(&self) -> &#runtime::Plugin {
            #runtime::PluginInterface::plugin(self)
        }
    }
}

fn plugin_mut(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// Returns the underlying plug-in.
        #vis fn plugin_mut(&mut self) -> &mut #runtime::Plugin {
            #runtime::PluginInterface::plugin_mut(self)
        }
    }
}

fn into_inner(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// Returns the underlying plug-in.
        #[must_use]
        #vis fn into_inner(self) -> #runtime::Plugin {
            #runtime::PluginInterface::into_inner(self)
        }
    }
}

fn with_context(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// Returns a view whose calls have a context, which host functions access with `CurrentPlugin::context`.
        #vis fn with_context<C: #runtime::Any + ::core::marker::Send + ::core::marker::Sync>(
            &mut self,
            __extism_context: C,
        ) -> #runtime::WithContext<'_, Self> {
            #runtime::PluginInterface::with_context(self, __extism_context)
        }
    }
}

fn with_timeout(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// Returns a view whose calls take at most `timeout` each; the plug-in's own timeout is the upper bound.
        #vis fn with_timeout(&mut self, __extism_timeout: #runtime::Duration) -> #runtime::WithTimeout<'_, Self> {
            #runtime::PluginInterface::with_timeout(self, __extism_timeout)
        }
    }
}

fn pool(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// Returns the pool of the instances that answer the calls.
        #[must_use]
        #vis fn pool(&self) -> &#runtime::Pool {
            #runtime::SharedInterface::pool(self)
        }
    }
}

fn with_shared_context(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// Returns a client of the same pool whose calls have a context. It is cloned for each call, and host functions
        /// access it with `CurrentPlugin::context`.
        #[must_use]
        #vis fn with_context<C>(&self, __extism_context: C) -> Self
        where
            C: #runtime::Any + ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync,
        {
            #runtime::SharedInterface::with_context(self, __extism_context)
        }
    }
}

fn with_shared_timeout(Interface { runtime, item, .. }: &Interface) -> TokenStream {
    let vis = &item.vis;
    quote! {
        /// Returns a client of the same pool whose calls take at most `timeout` each, including the wait for an
        /// instance; the plug-in's own timeout is the upper bound.
        #[must_use]
        #vis fn with_timeout(&self, __extism_timeout: #runtime::Duration) -> Self {
            #runtime::SharedInterface::with_timeout(self, __extism_timeout)
        }
    }
}
