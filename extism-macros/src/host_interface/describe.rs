//! The functions as data: `ShopFunctions::interface()`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Ident, Path, Type, ext::IdentExt, parse_quote};

use super::model::{HostAnswer, HostInterface, HostMethod};
use crate::{
    common::{anonymous, cfgs, error_span, in_codec, names_no_codec, peel, received, type_text},
    host_fn::{describe, signature::is_of_host},
    interface::documentation,
};

/// The implementation of `interface()`, and the function in an implementation of `HostFunctions` that names it.
pub(super) fn describe(interface: &HostInterface, functions: &Ident) -> (TokenStream, TokenStream) {
    let HostInterface { runtime, item, methods, valid, version, .. } = interface;
    let (vis, cfgs) = (&item.vis, cfgs(&item.attrs));
    let name = item.ident.unraw().to_string();
    let docs = documentation(&item.attrs);
    let version = version.as_ref().map_or_else(
        || quote!(::core::option_env!("CARGO_PKG_VERSION")),
        |version| quote!(::core::option::Option::Some(#version)),
    );
    let methods: Vec<_> = methods.iter().filter(|_| *valid).collect();
    let declared = methods.iter().map(|method| declared(interface, method));
    let wires = methods.iter().map(|method| wires(interface, method));
    let of_trait = quote_spanned! {error_span(functions)=>
        fn interface() -> ::core::option::Option<&'static #runtime::Interface> {
            ::core::option::Option::Some(#functions::<()>::interface())
        }
    };
    let code = quote! {
        #(#cfgs)*
        #[allow(dead_code, deprecated)]
        impl #functions<()> {
            /// Returns the functions that the trait declares.
            #[must_use]
            #vis fn interface() -> &'static #runtime::Interface {
                static INTERFACE: #runtime::LazyLock<#runtime::Interface> = #runtime::LazyLock::new(|| {
                    #runtime::describe(
                        #runtime::host_interface(#name, #docs, [#(#declared),*]),
                        #version,
                        false,
                        |__extism_schemas| {
                            #[allow(unused_imports)]
                            use #runtime::{
                                Decoded as _, DecodedResult as _, Encoded as _, InCodec as _, OfType as _, Undescribed as _,
                                Unknown as _,
                            };
                            let _ = &__extism_schemas;
                            #[allow(deprecated, clippy::all, clippy::pedantic)]
                            [#(#wires),*]
                        },
                    )
                });
                &INTERFACE
            }
        }
    };
    (code, of_trait)
}

fn declared(interface: &HostInterface, method: &HostMethod) -> TokenStream {
    let runtime = &interface.runtime;
    let function = &method.function;
    let (name, export, namespace) = (function.ident.unraw().to_string(), &function.name, &function.namespace);
    let docs = documentation(interface.attributes(method));
    let result = match &method.answer {
        HostAnswer::Nothing => "()".to_owned(),
        HostAnswer::Value(ty) => type_text(ty),
        HostAnswer::Result(types) => type_text(&types.0),
    };
    let arguments = method.arguments.iter().map(|(ident, ty)| {
        let (name, ty) = (ident.unraw().to_string(), type_text(ty));
        quote!(#runtime::argument(#name, #ty))
    });
    let cfgs = &function.cfgs;
    quote! {
        #(#cfgs)*
        (#namespace, #runtime::method(#runtime::MethodDeclaration {
            name: #name,
            export: #export,
            docs: #docs,
            arguments: {
                const ARGUMENTS: &[#runtime::Argument] = &[#(#arguments),*];
                ARGUMENTS
            },
            encoding: #runtime::Encoding::Direct,
            result: #result,
            codec: ::core::option::Option::None,
            optional: false,
        }))
    }
}

fn wires(interface: &HostInterface, method: &HostMethod) -> TokenStream {
    let runtime = &interface.runtime;
    // As the host receives them: a reference is to a value that it owns.
    let arguments = method.arguments.iter().map(|(_, ty)| {
        let received = received(ty, codec(method, ty));
        describe::wire(runtime, &received.ty, &quote!(decoded))
    });
    let (output, error) = match &method.answer {
        HostAnswer::Nothing => (quote!(#runtime::wire(#runtime::Format::None, ::core::option::Option::None)), None),
        HostAnswer::Value(ty) => (wire(interface, method, ty), None),
        HostAnswer::Result(types) => {
            let (ok, error) = &**types;
            let ok = wire(interface, method, ok);
            (quote!(#runtime::crossing_wire(#ok)), Some(error))
        }
    };
    let error = error.map_or_else(
        || quote!(::core::option::Option::None),
        |ty| {
            let (text, ty) = (type_text(ty), anonymous(peel(ty)));
            quote! {
                ::core::option::Option::Some(
                    #runtime::error_type(#text, (&&&#runtime::Probe::<#ty>::NEW).schemas(__extism_schemas)),
                )
            }
        },
    );
    let cfgs = &method.function.cfgs;
    quote! {
        #(#cfgs)*
        #runtime::MethodWires {
            arguments: ::std::vec![#(#arguments),*],
            output: #output,
            error: #error,
        }
    }
}

/// What the bytes of a result mean.
fn wire(interface: &HostInterface, method: &HostMethod, ty: &Type) -> TokenStream {
    let ty = anonymous(peel(ty));
    let ty = codec(method, &ty).map_or(ty.clone(), |codec| {
        let in_codec = in_codec(codec, &ty);
        parse_quote!(#in_codec)
    });
    describe::wire(&interface.runtime, &ty, &quote!(encoded))
}

/// The attribute's codec, if it applies to a type.
fn codec<'m>(method: &'m HostMethod, ty: &Type) -> Option<&'m Path> {
    let ty = anonymous(peel(ty));
    method.function.codec.as_ref().filter(|codec| names_no_codec(&ty, codec) && !is_of_host(&ty))
}
