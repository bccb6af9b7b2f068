//! What is known of the types: their formats and schemas. The types decide when the program runs, so that one without a
//! codec of the runtime's, or without a schema, is no mistake.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{LitStr, Path, Type};

use super::super::model::{Argument, Interface, Method};
use crate::common::{anonymous, peel, type_text};

/// The version: the attribute's, or that of the package.
pub(super) fn version(given: Option<&LitStr>) -> TokenStream {
    given.map_or_else(
        || quote!(::core::option_env!("CARGO_PKG_VERSION")),
        |version| quote!(::core::option::Option::Some(#version)),
    )
}

/// The function that finds out about the methods' types.
pub(super) fn wires(interface: &Interface) -> TokenStream {
    let runtime = &interface.runtime;
    let methods = interface.methods.iter().map(|method| {
        let cfgs = &method.cfgs;
        let arguments = method.arguments.iter().map(|argument| self::argument(runtime, method, argument));
        let output = output(runtime, method);
        let error = error(runtime, method);
        quote! {
            #(#cfgs)*
            #runtime::MethodWires {
                arguments: ::std::vec![#(#arguments),*],
                output: #output,
                error: #error,
            }
        }
    });
    quote! {
        |__extism_schemas| {
            #[allow(unused_imports)]
            use #runtime::{Decoded as _, DecodedResult as _, Encoded as _, InCodec as _, OfType as _, Undescribed as _, Unknown as _};
            let _ = &__extism_schemas;
            #[allow(deprecated, clippy::all, clippy::pedantic)]
            [#(#methods),*]
        }
    }
}

fn argument(runtime: &Path, method: &Method, argument: &Argument) -> TokenStream {
    let Some(ty) = nameable(method, &argument.ty) else { return unknown() };
    if method.format.is_some() {
        return quote!(#runtime::part((&&&#runtime::Probe::<#ty>::NEW).schemas(__extism_schemas)));
    }
    wire(runtime, &with_codec(method.input_codec.as_ref(), &ty), &quote!(encoded))
}

fn output(runtime: &Path, method: &Method) -> TokenStream {
    match (&method.output.ok, &method.output.declared) {
        (Some(ty), _) => match nameable(method, ty) {
            Some(ty) => wire(runtime, &with_codec(method.output_codec.as_ref(), &ty), &quote!(decoded)),
            None => unknown(),
        },
        (None, syn::ReturnType::Type(_, alias)) => match nameable(method, alias) {
            Some(ty) => wire(runtime, &quote!(#ty), &quote!(decoded)),
            None => unknown(),
        },
        (None, syn::ReturnType::Default) => wire(runtime, &quote!(()), &quote!(decoded)),
    }
}

/// The error, if it is one that crosses as a value.
fn error(runtime: &Path, method: &Method) -> TokenStream {
    let none = quote!(::core::option::Option::None);
    let Some(ty) = method.output.error.as_ref().and_then(|ty| nameable(method, ty)) else { return none };
    let text = type_text(&ty);
    quote! {{
        #[allow(unused_imports)]
        use #runtime::{NoError as _, TypedError as _};
        (&&#runtime::Probe::<#ty>::NEW)
            .error(#text, (&&&#runtime::Probe::<#ty>::NEW).schemas(__extism_schemas))
    }}
}

fn wire(runtime: &Path, ty: &TokenStream, format: &TokenStream) -> TokenStream {
    quote! {
        #runtime::wire(
            (&&&#runtime::Probe::<#ty>::NEW).#format(),
            (&&&#runtime::Probe::<#ty>::NEW).schemas(__extism_schemas),
        )
    }
}

fn unknown() -> TokenStream {
    quote!(::core::default::Default::default())
}

/// With the spans that the codec has, so that one that does not exist is one error.
fn with_codec(codec: Option<&Path>, ty: &Type) -> TokenStream {
    codec.map_or_else(|| quote!(#ty), |codec| quote!(#codec<#ty>))
}

/// The type as it can be named outside of the method; `None` if it cannot.
fn nameable(method: &Method, ty: &Type) -> Option<Type> {
    let ty = peel(&anonymous(ty)).clone();
    let text = type_text(&ty);
    let words: Vec<_> = text.split(|char: char| !char.is_alphanumeric() && char != '_').collect();
    let types = method.generics.type_params().map(|parameter| &parameter.ident);
    let mut own = types.chain(method.generics.const_params().map(|parameter| &parameter.ident));
    let hidden = ["Self", "impl", "dyn", "for", "fn"].iter().any(|word| words.contains(word));
    (!hidden && own.all(|parameter| !words.contains(&&*parameter.to_string()))).then_some(ty)
}
