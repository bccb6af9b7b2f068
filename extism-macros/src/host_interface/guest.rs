//! The plug-in's side: the trait, and a value whose methods call the host.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Type, ext::IdentExt};

use super::{
    model::{HostAnswer, HostInterface, HostMethod},
    section,
};
use crate::{
    common::{anonymous, cfgs, error_span, in_codec, names_no_codec, peel},
    interface::snake_case,
};

pub(super) fn guest(interface: &HostInterface) -> TokenStream {
    let HostInterface { item, functions, methods, valid, .. } = interface;
    let (trait_, vis, cfgs) = (&item.ident, &item.vis, cfgs(&item.attrs));
    let imports = format_ident!("{}Imports", trait_.unraw(), span = trait_.span());
    let shop = function_name(trait_);
    let of_imports = format!("Calls the host's functions of [`{trait_}`]; [`{shop}()`]({shop}) returns it.");
    let of_functions = format!("The host's functions of [`{trait_}`]; in a plug-in, only its name.");
    let of_shop = format!("Returns the functions that the host gives: those of [`{trait_}`].");
    let own = methods.iter().filter(|_| *valid).map(|method| inherent(interface, vis, method));
    let implementation = methods.iter().filter(|_| *valid).map(forwarded);
    let section = valid.then(|| section::item(interface));
    let constants =
        item.items.iter().any(|item| matches!(item, syn::TraitItem::Const(constant) if constant.default.is_none()));
    let implementation = (*valid && !constants).then(|| {
        quote! {
            #(#cfgs)*
            #[automatically_derived]
            #[allow(deprecated, clippy::all, clippy::pedantic)]
            impl #trait_ for #imports {
                #(#implementation)*
            }
        }
    });
    quote! {
        #[allow(dead_code, async_fn_in_trait)]
        #item
        #(#cfgs)*
        #[doc = #of_imports]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug, ::core::default::Default)]
        #[non_exhaustive]
        #vis struct #imports;
        #(#cfgs)*
        #[doc = #of_shop]
        #[must_use]
        #[allow(dead_code)]
        #vis fn #shop() -> #imports {
            #imports
        }
        #(#cfgs)*
        #[allow(dead_code, deprecated, clippy::all, clippy::pedantic)]
        impl #imports {
            #(#own)*
        }
        #implementation
        #(#cfgs)*
        #[doc = #of_functions]
        #[allow(dead_code)]
        #vis enum #functions {}
        #section
    }
}

/// The name of the function that returns the imports.
fn function_name(trait_: &Ident) -> Ident {
    let name = snake_case(&trait_.unraw().to_string());
    syn::parse_str(&name)
        .map_or_else(|_| Ident::new_raw(&name, trait_.span()), |_: Ident| Ident::new(&name, trait_.span()))
}

/// The method that calls the host. It returns when the host's function has, `async` or not.
fn inherent(interface: &HostInterface, vis: &syn::Visibility, method: &HostMethod) -> TokenStream {
    let runtime = &interface.runtime;
    let function = &method.function;
    let (ident, cfgs, receiver) = (&function.ident, &function.cfgs, &method.receiver);
    let docs = format!("Calls the host's function `{}`.", function.name);
    let parameters = method.arguments.iter().map(|(ident, ty)| quote!(#ident: #ty));
    let generics = &interface_method(interface, ident);
    let (output, value) = received(runtime, method);
    let declared = match &method.answer {
        HostAnswer::Nothing => quote!(),
        HostAnswer::Value(ty) => quote!(-> #ty),
        HostAnswer::Result(types) => {
            let (ok, error) = &**types;
            quote!(-> ::core::result::Result<#ok, #error>)
        }
    };
    let import = import(interface, method, output.as_ref());
    let sent = sent(interface, method);
    let wires = (0..method.arguments.len()).map(|index| {
        let sent = format_ident!("__extism_sent_{index}");
        quote!(#sent.wire())
    });
    quote! {
        #(#cfgs)*
        #[doc = #docs]
        #vis fn #ident #generics (#receiver, #(#parameters),*) #declared {
            #import
            #sent
            let __extism_wire = __extism_import(#(#wires),*);
            #value
        }
    }
}

/// The method's own lifetimes.
fn interface_method(interface: &HostInterface, ident: &Ident) -> TokenStream {
    let methods = interface.item.items.iter().filter_map(|item| match item {
        syn::TraitItem::Fn(method) => Some(&method.sig),
        _ => None,
    });
    let generics = methods.filter(|sig| sig.ident == *ident).map(|sig| &sig.generics).next();
    quote!(#generics)
}

/// The imported function.
fn import(interface: &HostInterface, method: &HostMethod, output: Option<&TokenStream>) -> TokenStream {
    let runtime = &interface.runtime;
    let function = &method.function;
    let (namespace, name) = (&function.namespace, &function.name);
    let parameters: Vec<_> = method
        .arguments
        .iter()
        .enumerate()
        .map(|(index, (_, ty))| {
            let name = format_ident!("__extism_wire_{index}");
            let wire = wire_type(function.codec.as_ref(), ty);
            quote_spanned!(error_span(ty)=> #name: <#wire as #runtime::ToHost>::Wire)
        })
        .collect();
    let returns = output.map(|output| quote!(-> #output));
    quote! {
        #[cfg(target_family = "wasm")]
        #[link(wasm_import_module = #namespace)]
        unsafe extern "C" {
            #[link_name = #name]
            safe fn __extism_import(#(#parameters),*) #returns;
        }
        #[cfg(not(target_family = "wasm"))]
        #[allow(unused_variables)]
        fn __extism_import(#(#parameters),*) #returns {
            #runtime::no_host(#namespace, #name)
        }
    }
}

/// An argument's type in its codec.
fn wire_type(codec: Option<&syn::Path>, ty: &Type) -> TokenStream {
    let ty = anonymous(peel(ty));
    let codec = codec.filter(|codec| names_no_codec(&ty, codec) && !is_scalar(&ty));
    codec.map_or_else(|| quote!(#ty), |codec| in_codec(codec, &ty))
}

fn is_scalar(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Scalar"))
}

/// The statements that encode the arguments.
fn sent(interface: &HostInterface, method: &HostMethod) -> TokenStream {
    let runtime = &interface.runtime;
    let function = &method.function;
    let name = &function.name;
    let statements = method.arguments.iter().enumerate().map(|(index, (ident, ty))| {
        let sent = format_ident!("__extism_sent_{index}");
        let codec = function.codec.as_ref().filter(|codec| names_no_codec(ty, codec) && !is_scalar(peel(ty)));
        let value = codec.map_or_else(|| quote!(#ident), |codec| quote!(#codec { 0: #ident }));
        quote_spanned!(error_span(ty)=> let #sent = #runtime::Sent::new(#value, #name);)
    });
    quote!(#(#statements)*)
}

/// The WebAssembly type of the result, and the expression that decodes it.
fn received(runtime: &syn::Path, method: &HostMethod) -> (Option<TokenStream>, TokenStream) {
    let function = &method.function;
    let name = &function.name;
    match &method.answer {
        HostAnswer::Nothing => (None, quote!(__extism_wire)),
        HostAnswer::Value(ty) => {
            let received = wire_type(function.codec.as_ref(), ty);
            let wire = quote_spanned!(error_span(ty)=> <#received as #runtime::FromHost>::Wire);
            let value = quote_spanned!(error_span(ty)=> #runtime::receive::<#received>(__extism_wire, #name));
            let in_codec =
                function.codec.as_ref().is_some_and(|codec| names_no_codec(ty, codec) && !is_scalar(peel(ty)));
            (Some(wire), if in_codec { quote!(#value.0) } else { value })
        }
        HostAnswer::Result(types) => {
            let (ok, error) = &**types;
            let received = wire_type(function.codec.as_ref(), ok);
            let value = quote_spanned! {error_span(ok)=>
                #runtime::receive_result::<#received, #error>(__extism_wire, #name)
            };
            let in_codec = function.codec.as_ref().is_some_and(|codec| names_no_codec(ok, codec));
            let value = if in_codec { quote!(#value.map(|__extism_value| __extism_value.0)) } else { value };
            (Some(quote!(u64)), value)
        }
    }
}

/// The trait's method, for code that is generic over it.
fn forwarded(method: &HostMethod) -> TokenStream {
    let function = &method.function;
    let (ident, cfgs, asyncness, receiver) = (&function.ident, &function.cfgs, &function.asyncness, &method.receiver);
    let this = &receiver.self_token;
    let parameters = method.arguments.iter().map(|(ident, ty)| {
        let ty = anonymous(ty);
        quote!(#ident: #ty)
    });
    let names = method.arguments.iter().map(|(ident, _)| ident);
    let declared = match &method.answer {
        HostAnswer::Nothing => quote!(),
        HostAnswer::Value(ty) => quote!(-> #ty),
        HostAnswer::Result(types) => {
            let (ok, error) = &**types;
            quote!(-> ::core::result::Result<#ok, #error>)
        }
    };
    quote! {
        #(#cfgs)*
        #asyncness fn #ident(#receiver, #(#parameters),*) #declared {
            Self::#ident(#this, #(#names),*)
        }
    }
}
