//! The parts of a method's signature as they are repeated in implementations.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{GenericParam, Generics, Ident};

use super::super::model::{Argument, Method};

/// The arguments as they are declared.
pub(super) fn parameters(method: &Method) -> TokenStream {
    let parameters = method.arguments.iter().map(|Argument { ident, ty, .. }| quote!(#ident: #ty));
    quote!(#(#parameters),*)
}

/// The arguments as they are handed on.
pub(super) fn arguments(method: &Method) -> TokenStream {
    let arguments = method.arguments.iter().map(|argument| &argument.ident);
    quote!(#(#arguments),*)
}

/// The method's head, up to its return type.
pub(super) fn head(method: &Method, name: &Ident) -> TokenStream {
    let Method { generics, receiver, .. } = method;
    let parameters = parameters(method);
    quote!(fn #name #generics (#receiver, #parameters))
}

/// The types and constants; lifetimes are found by the compiler.
pub(super) fn turbofish(generics: &Generics) -> Option<TokenStream> {
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
