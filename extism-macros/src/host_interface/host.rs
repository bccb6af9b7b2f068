//! The host's side: the trait, and the type that makes host functions of its implementations.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{ReturnType, Token, TraitItem, ext::IdentExt, parse_quote};

use super::model::HostInterface;
use crate::{
    common::{cfgs, error_span},
    description,
    host_fn::{codegen, model::FunctionSet},
    interface::snake_case,
};

pub(super) fn host(interface: &HostInterface) -> TokenStream {
    let item = item(interface);
    let functions = functions(interface);
    quote! {
        #[allow(clippy::needless_pass_by_value)]
        #item
        #functions
    }
}

/// The trait. The futures of its `async` methods are `Send`, because plug-ins may be called on any thread.
fn item(interface: &HostInterface) -> TokenStream {
    let mut item = interface.item.clone();
    for member in &mut item.items {
        let TraitItem::Fn(method) = member else { continue };
        let Some(asyncness) = method.sig.asyncness.take() else { continue };
        let output = match &method.sig.output {
            ReturnType::Default => quote!(()),
            ReturnType::Type(_, ty) => quote!(#ty),
        };
        let arrow = Token![->](error_span(&asyncness));
        method.sig.output = parse_quote!(#arrow impl ::core::future::Future<Output = #output> + ::core::marker::Send);
        if let Some(block) = &mut method.default {
            *block = parse_quote!({ async move #block });
        }
    }
    quote!(#item)
}

fn functions(interface: &HostInterface) -> TokenStream {
    let HostInterface { runtime, item, functions, methods, description, valid, .. } = interface;
    let (trait_, vis, cfgs) = (&item.ident, &item.vis, cfgs(&item.attrs));
    let host = format_ident!("__ExtismHost");
    let docs = format!(
        "The functions of [`{trait_}`] for plug-ins: `.with_functions({functions}(host))`, where `host` implements it."
    );
    let (described, of_functions) = super::describe::describe(interface, functions);
    let set = FunctionSet {
        runtime: runtime.clone(),
        ty: parse_quote!(#functions<#host>),
        generics: parse_quote!(<#host: #trait_ + ::core::marker::Send + ::core::marker::Sync + 'static>),
        part: None,
        borrows: false,
        of_trait: Some((trait_.clone(), host)),
        described: valid.then_some(of_functions),
        valid: *valid,
    };
    let test = description.as_ref().filter(|_| *valid).map(|file| {
        let name = snake_case(&trait_.unraw().to_string());
        let test = description::test(runtime, &name, file, &quote!(#functions::<()>::interface(), &[]));
        quote!(#(#cfgs)* #test)
    });
    let set = codegen::set(&set, methods.iter().map(|method| &method.function));
    quote! {
        #(#cfgs)*
        #[doc = #docs]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug, ::core::default::Default)]
        #vis struct #functions<T>(pub T);
        #described
        #(#cfgs)*
        #set
        #test
    }
}
