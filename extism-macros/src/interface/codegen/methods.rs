//! The client's methods.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{ReturnType, Type, ext::IdentExt};

use super::{
    super::{
        attributes,
        model::{Interface, Method, Missing},
        options::OnError,
    },
    bodies, call, docs, field, signature,
};
use crate::common::{error_span, with_ok};

pub(super) fn methods(interface: &Interface) -> TokenStream {
    let client = &interface.client;
    let methods = interface.methods.iter().map(|method| {
        let caller = method_that_calls(interface, method);
        let has = has_function(interface, method);
        let mismatch = mismatch(method);
        quote!(#caller #has #mismatch)
    });
    let allowed =
        if interface.valid { quote!() } else { quote!(#[allow(unused_variables, unused_mut, unreachable_code)]) };
    quote! {
        // The names and arguments are already linted in the trait.
        #[allow(dead_code, deprecated, non_snake_case, clippy::all, clippy::pedantic)]
        #allowed
        impl #client {
            #(#methods)*
        }
    }
}

fn method_that_calls(interface: &Interface, method: &Method) -> TokenStream {
    let Method { ident, generics, .. } = method;
    let vis = &interface.item.vis;
    let attributes = attributes::tokens(&method.attributes);
    let docs = docs::method(method, interface.on_error);
    let track_caller = track_caller(interface, method);
    let head = signature::head(method, ident);
    let returns = returns(interface, method);
    let where_clause = &generics.where_clause;
    let body = match method.asyncness {
        _ if interface.valid => body(interface, method),
        None => quote!(::core::unreachable!()),
        Some(_) => quote!(async move { ::core::unreachable!() }),
    };
    let body = match &method.output.ok {
        Some(ty) if method.may_be_as_declared(interface.on_error) => signature::body(ty, body),
        _ => quote!({ #body }),
    };
    quote! {
        #attributes
        #docs
        #track_caller
        #[inline]
        #vis #head #returns #where_clause #body
    }
}

/// Adds `#[track_caller]`, so that a panic is reported where the method was called.
pub(super) fn track_caller(interface: &Interface, method: &Method) -> Option<TokenStream> {
    let panics = interface.on_error == OnError::Panic && !method.output.fallible;
    (panics || method.tracks_caller).then(|| quote!(#[track_caller]))
}

/// The return type of the client's method, with its arrow.
fn returns(interface: &Interface, method: &Method) -> TokenStream {
    let runtime = &interface.runtime;
    let output = &method.output;
    if method.is_as_declared(interface.on_error) {
        return signature::declared(method);
    }
    if let Some(ty) = &output.ok
        && interface.valid
        && method.may_be_as_declared(interface.on_error)
    {
        return signature::returns_call(interface, method, ty);
    }
    let ok = match &output.ok {
        Some(ok) if method.is_optional() && !output.is_option() => {
            quote_spanned!(error_span(ok)=> ::core::option::Option<#ok>)
        }
        None if method.is_optional() => quote!(::core::option::Option<()>),
        Some(ok) => quote!(#ok),
        None => quote!(()),
    };
    let ty = match &output.declared {
        ReturnType::Type(_, declared) if output.fallible => with_ok(declared, &Type::Verbatim(ok)).into_token_stream(),
        _ if interface.on_error == OnError::Panic => ok,
        _ => quote!(::core::result::Result<#ok, #runtime::Error>),
    };
    signature::arrow(method, &ty)
}

fn body(interface: &Interface, method: &Method) -> TokenStream {
    let this = &method.receiver.self_token;
    let field = field(method);
    let codec = call::codec(interface, method);
    let Missing::Default(_) = method.missing else {
        let call = call::converted(interface, method, &quote!(#this.__extism.#field));
        return quote!(#codec #call);
    };
    let mut call = call::converted(interface, method, &quote!(__extism_export));
    let mut default = default(interface, method);
    let runtime = &interface.runtime;
    if method.asyncness.is_some() {
        call = quote!(#runtime::Either::Left(#call));
        default = quote!(#runtime::Either::Right(#default));
    }
    let mut either = quote! {
        match #this.__extism.#field {
            ::core::option::Option::Some(__extism_export) => #call,
            ::core::option::Option::None => #default,
        }
    };
    if method.asyncness.is_some() {
        either = quote!(#runtime::either(#either));
    }
    quote!(#codec #either)
}

/// Converts the result of the trait's own body to that of the client's method.
fn default(interface: &Interface, method: &Method) -> TokenStream {
    let runtime = &interface.runtime;
    let default = bodies::call_of_client(interface, method);
    match &method.output.ok {
        _ if method.is_as_declared(interface.on_error) => default,
        Some(ty) if method.output.opaque => signature::then(runtime, method, &default, |output| {
            signature::returned(interface, ty, &quote!(wrap), None, output)
        }),
        _ => signature::then(runtime, method, &default, |output| quote!(::core::result::Result::Ok(#output))),
    }
}

/// `has_x()` of an optional export.
fn has_function(interface: &Interface, method: &Method) -> Option<TokenStream> {
    if !method.is_optional() || interface.has_method(&format!("has_{}", method.ident.unraw())) {
        return None;
    }
    let vis = &interface.item.vis;
    let cfgs = &method.cfgs;
    let field = field(method);
    let name = format_ident!("has_{}", method.ident.unraw(), span = method.ident.span());
    let docs = format!(" Returns whether the plug-in has the export `{}`.", method.export);
    Some(quote! {
        #(#cfgs)*
        #[doc = #docs]
        #[must_use]
        #vis fn #name(&self) -> bool {
            self.__extism.#field.is_some()
        }
    })
}

/// The errors of a method that exists only under some conditions, or that is described in a file.
fn mismatch(method: &Method) -> TokenStream {
    let cfgs = &method.cfgs;
    let by_condition = method.mismatch.as_ref().map(|error| {
        let (name, error) = (format_ident!("__extism_check_{}", method.index), error.to_compile_error());
        quote!(#(#cfgs)* fn #name() { #error })
    });
    let by_schemas = method.outdated.as_ref().map(|error| {
        let (name, error) = (format_ident!("__extism_check_types_{}", method.index), error.to_compile_error());
        // The test that updates the file compiles with an outdated one.
        quote!(#(#cfgs)* #[cfg(not(test))] fn #name() { #error })
    });
    quote!(#by_condition #by_schemas)
}
