//! The wrapper's implementation of the trait.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{GenericParam, Generics};

use super::super::model::{Argument, Interface, Method};

/// Where the wrapper's methods have the trait's signatures, it implements the trait.
pub(super) fn of_trait(interface: &Interface) -> Option<TokenStream> {
    if !interface.implements_trait() || interface.methods.iter().any(Method::has_undeclared_lifetimes) {
        return None;
    }
    let ident = &interface.item.ident;
    let wrapper = &interface.wrapper;
    let methods = interface.methods.iter().map(method);
    Some(quote! {
        #[automatically_derived]
        #[allow(deprecated, non_snake_case, clippy::all, clippy::pedantic)]
        impl #ident for #wrapper {
            #(#methods)*
        }
    })
}

fn method(method: &Method) -> TokenStream {
    let Method { ident, cfgs, generics, receiver, output, .. } = method;
    let this = &receiver.self_token;
    let declared = &output.declared;
    let where_clause = &generics.where_clause;
    let parameters = method.arguments.iter().map(|Argument { ident, ty, .. }| quote!(#ident: #ty));
    let arguments = method.arguments.iter().map(|argument| &argument.ident);
    let turbofish = turbofish(generics);
    quote! {
        #(#cfgs)*
        #[inline]
        fn #ident #generics (#receiver, #(#parameters),*) #declared #where_clause {
            // The wrapper's own method, which goes before the trait's.
            Self::#ident #turbofish (#this, #(#arguments),*)
        }
    }
}

/// The types and constants; lifetimes are found by the compiler.
fn turbofish(generics: &Generics) -> Option<TokenStream> {
    let parameters: Vec<_> = generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    (!parameters.is_empty()).then(|| quote!(::<#(#parameters),*>))
}
