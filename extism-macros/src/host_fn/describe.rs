//! A host function as data. The types decide when the program runs, so that one without a schema is no mistake.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Path, Type, ext::IdentExt};

use super::model::{ArgumentKind, Function};
use crate::common::peel;

/// The function that describes it.
pub(super) fn describe(function: &Function) -> TokenStream {
    let Function { ident, runtime, docs, result_text, result, .. } = function;
    let name = ident.unraw().to_string();
    let arguments = function.arguments.iter().filter_map(|argument| match &argument.kind {
        ArgumentKind::Exclusive(_) => None,
        ArgumentKind::Taken(received) => {
            let (cfgs, name, text) = (&argument.cfgs, &argument.name, &argument.text);
            let wire = wire(runtime, &received.ty, &quote!(decoded));
            Some(quote!(#(#cfgs)* (#name, #text, #wire)))
        }
    });
    let output = wire(runtime, result, &quote!(encoded));
    quote! {
        |__extism_schemas| {
            #[allow(unused_imports)]
            use #runtime::{
                Decoded as _, DecodedResult as _, Encoded as _, InCodec as _, OfType as _, Undescribed as _, Unknown as _,
            };
            let _ = &__extism_schemas;
            #[allow(deprecated, clippy::all, clippy::pedantic)]
            #runtime::FunctionDeclaration {
                name: #name,
                docs: #docs,
                arguments: <::std::vec::Vec<_> as ::core::convert::From<_>>::from([#(#arguments),*]),
                result: #result_text,
                output: #output,
            }
        }
    }
}

/// What the bytes of a type mean.
pub(crate) fn wire(runtime: &Path, ty: &Type, format: &TokenStream) -> TokenStream {
    let ty = peel(ty);
    quote! {
        #runtime::wire(
            (&&&#runtime::Probe::<#ty>::NEW).#format(),
            (&&&#runtime::Probe::<#ty>::NEW).schemas(__extism_schemas),
        )
    }
}
