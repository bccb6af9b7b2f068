//! An interface that extends others: its client contains theirs.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use super::{
    super::model::{Access, Interface},
    bases,
};
use crate::common::{error_span, respan};

/// The implementations that give access to the contained clients.
pub(super) fn implementations(interface: &Interface) -> Option<TokenStream> {
    match interface.access {
        Access::Exclusive => of_exclusive(interface),
        Access::Shared => of_shared(interface),
    }
}

fn of_shared(interface: &Interface) -> Option<TokenStream> {
    let Interface { runtime, client, extends, .. } = interface;
    let first = extends.first()?;
    let forwards = extends.iter().enumerate().map(|(index, base)| {
        let field = bases::field(index);
        let forward = respan(error_span(base), quote!(#runtime::ForwardShared));
        quote! {
            #[automatically_derived]
            #[allow(deprecated)]
            impl #forward<#base> for #client {
                type Target = #base;

                #[inline]
                fn forward(&self) -> &#base {
                    &self.__extism.#field
                }
            }
        }
    });
    Some(quote! {
        #(#forwards)*

        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::ops::Deref for #client {
            type Target = #first;

            fn deref(&self) -> &#first {
                &self.__extism.base_0
            }
        }
    })
}

fn of_exclusive(interface: &Interface) -> Option<TokenStream> {
    let Interface { runtime, client, extends, .. } = interface;
    let forwards = extends.iter().enumerate().map(|(index, base)| {
        let reach = reach(index, extends.len());
        let forward = respan(error_span(base), quote!(#runtime::Forward));
        quote! {
            #[automatically_derived]
            #[allow(deprecated)]
            impl #forward<#base> for #client {
                type Target = #base;

                #[inline]
                fn forward(&mut self) -> &mut #base {
                    #reach
                }
            }
        }
    });
    let dereference = dereference(interface, extends.first()?);
    Some(quote!(#(#forwards)* #dereference))
}

/// Makes the first base's inherent methods available on the client.
fn dereference(interface: &Interface, base: &Path) -> TokenStream {
    let Interface { client, extends, .. } = interface;
    let peek = if extends.len() == 1 { quote!(&self.__extism.plugin) } else { quote!(self.__extism.plugin.peek()) };
    let reach = reach(0, extends.len());
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::ops::Deref for #client {
            type Target = #base;

            fn deref(&self) -> &#base {
                #peek
            }
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl ::core::ops::DerefMut for #client {
            #[inline]
            fn deref_mut(&mut self) -> &mut #base {
                #reach
            }
        }
    }
}

/// The base with this index, which contains the plug-in.
fn reach(index: usize, count: usize) -> TokenStream {
    let seconds = (0..index).map(|_| quote!(.second()));
    let first = (index + 1 < count).then(|| quote!(.first()));
    if count == 1 {
        return quote!(&mut self.__extism.plugin);
    }
    quote!(self.__extism.plugin #(#seconds)* #first)
}
