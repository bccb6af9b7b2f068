//! The wrapper's methods.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{ReturnType, Type, ext::IdentExt};

use super::{
    super::{
        model::{Argument, Interface, Lack, Method},
        options::{ArgsFormat, OnError},
        output,
    },
    docs, field,
};
use crate::common::{in_codec, peel, place};

pub(super) fn methods(interface: &Interface, valid: bool) -> TokenStream {
    let wrapper = &interface.wrapper;
    let methods = interface.methods.iter().map(|method| {
        let caller = method_that_calls(interface, method, valid);
        let has = has(interface, method);
        let default = default_body(method, valid);
        let mismatch = mismatch(method);
        quote!(#caller #has #default #mismatch)
    });
    let allowed = if valid { quote!() } else { quote!(#[allow(unused_variables, unused_mut, unreachable_code)]) };
    quote! {
        // In the trait the names and arguments are linted already.
        #[allow(dead_code, deprecated, non_snake_case, clippy::all, clippy::pedantic)]
        #allowed
        impl #wrapper {
            #(#methods)*
        }
    }
}

fn method_that_calls(interface: &Interface, method: &Method, valid: bool) -> TokenStream {
    let Method { ident, generics, receiver, .. } = method;
    let vis = &interface.item.vis;
    let attributes = docs::method(method, interface.on_error);
    let arguments = method.arguments.iter().map(|Argument { ident, ty, .. }| quote!(#ident: #ty));
    let returns = returns(interface, method);
    let where_clause = &generics.where_clause;
    let body = if valid { body(interface, method) } else { quote!(::core::unreachable!()) };
    quote! {
        #attributes
        #[inline]
        #vis fn #ident #generics (#receiver, #(#arguments),*) #returns #where_clause {
            #body
        }
    }
}

/// The return type of the wrapper's method, with its arrow.
fn returns(interface: &Interface, method: &Method) -> TokenStream {
    let runtime = &interface.runtime;
    let output = &method.output;
    if method.is_as_declared(interface.on_error) {
        let declared = &output.declared;
        return quote!(#declared);
    }
    let ok = match &output.ok {
        Some(ok) if method.is_optional() && !output.is_option() => {
            quote_spanned!(place(ok)=> ::core::option::Option<#ok>)
        }
        None if method.is_optional() => quote!(::core::option::Option<()>),
        Some(ok) => quote!(#ok),
        None => quote!(()),
    };
    match &output.declared {
        ReturnType::Type(arrow, declared) if output.fallible => {
            let ty = output::with_ok(declared, &Type::Verbatim(ok));
            quote!(#arrow #ty)
        }
        _ if interface.on_error == OnError::Panic => quote!(-> #ok),
        _ => quote!(-> ::core::result::Result<#ok, #runtime::Error>),
    }
}

fn body(interface: &Interface, method: &Method) -> TokenStream {
    let this = &method.receiver.self_token;
    let field = field(method);
    let Lack::Default(_) = method.lack else {
        return converted(interface, method, &quote!(#this.#field));
    };
    let call = converted(interface, method, &quote!(__extism_export));
    let default = default_name(method);
    let arguments = method.arguments.iter().map(|argument| &argument.ident);
    let default = quote!(#this.#default(#(#arguments),*));
    let default =
        if method.is_as_declared(interface.on_error) { default } else { quote!(::core::result::Result::Ok(#default)) };
    quote! {
        match #this.#field {
            ::core::option::Option::Some(__extism_export) => #call,
            ::core::option::Option::None => #default,
        }
    }
}

/// The call, its result brought into the form that the method returns.
fn converted(interface: &Interface, method: &Method, export: &TokenStream) -> TokenStream {
    let runtime = &interface.runtime;
    let mut call = call(interface, method, export);
    let unwrapped = method.output_codec.is_some();
    let flat = method.is_optional() && method.output.is_option();
    match (method.is_optional(), unwrapped, flat) {
        (false, true, _) => call = quote!(#call.map(|__extism_value| __extism_value.0)),
        (true, true, false) => {
            call = quote!(#call.map(|__extism_value| __extism_value.map(|__extism_value| __extism_value.0)));
        }
        (true, true, true) => {
            call = quote!(#call.map(|__extism_value| __extism_value.and_then(|__extism_value| __extism_value.0)));
        }
        (true, false, true) => call = quote!(#call.map(|__extism_value| __extism_value.flatten())),
        (_, false, _) => {}
    }
    if let (true, ReturnType::Type(_, declared)) = (method.output.fallible, &method.output.declared) {
        match (&method.output.ok, &method.output.error) {
            // In a closure, as the function by itself would have its bound reported twice.
            (_, Some(ty)) => {
                let error = quote_spanned!(place(ty)=> #runtime::__private::error::<#ty>(__extism_error));
                quote!(#call.map_err(|__extism_error| #error))
            }
            (Some(_), None) => {
                let error = quote_spanned!(place(declared)=> #runtime::__private::error(__extism_error));
                quote!(#call.map_err(|__extism_error| #error))
            }
            (None, None) => quote_spanned!(place(declared)=> #runtime::__private::outcome::<#declared, _>(#call)),
        }
    } else if interface.on_error == OnError::Panic {
        quote!(#runtime::__private::unwrap(#call))
    } else {
        call
    }
}

/// The call: the types are named where they can be, so that what they lack is reported on them.
fn call(interface: &Interface, method: &Method, export: &TokenStream) -> TokenStream {
    let runtime = &interface.runtime;
    let this = &method.receiver.self_token;
    let (input, input_type) = input(interface, method);
    let output_type = match (&method.output.ok, method.output.fallible) {
        (Some(ty), _) => {
            let ty = peel(ty);
            method.output_codec.as_ref().map_or_else(|| quote!(#ty), |codec| in_codec(codec, ty))
        }
        (None, false) => quote!(()),
        (None, true) => quote!(_),
    };
    let function = if method.is_optional() { format_ident!("call_optional") } else { format_ident!("call") };
    quote! {
        #runtime::__private::#function::<#input_type, #output_type>(&mut #this.__extism_plugin, #export, #input)
    }
}

/// The input, and its type.
fn input(interface: &Interface, method: &Method) -> (TokenStream, TokenStream) {
    match (method.format, method.arguments.as_slice()) {
        (Some(format), arguments) => (many(interface, format, arguments), quote!(_)),
        (None, [Argument { ident, ty, .. }]) => match &method.input_codec {
            Some(codec) => (quote!(#codec(#ident)), in_codec(codec, ty)),
            None => (quote!(#ident), quote!(#ty)),
        },
        // Several without a format were reported, and then no body is generated.
        (None, _) => (quote!(()), quote!(())),
    }
}

/// Several arguments as one input.
fn many(interface: &Interface, format: ArgsFormat, arguments: &[Argument]) -> TokenStream {
    let runtime = &interface.runtime;
    let encoding = match format {
        ArgsFormat::JsonArray => quote!(#runtime::Encoding::JsonArray),
        ArgsFormat::JsonObject => quote!(#runtime::Encoding::JsonObject),
        // Named by the codec, so that the compiler says which feature is missing.
        ArgsFormat::Msgpack => quote!(#runtime::Msgpack::<()>::ENCODING),
    };
    let arguments = arguments.iter().map(|Argument { ident, ty, .. }| {
        let name = ident.unraw().to_string();
        let argument = quote_spanned!(place(ty)=> #runtime::__private::argument::<#ty>(&#ident));
        quote!((#name, #argument))
    });
    quote!(#runtime::__private::ManyArguments { encoding: #encoding, arguments: &[#(#arguments),*] })
}

/// `has_x()` of an optional export.
fn has(interface: &Interface, method: &Method) -> Option<TokenStream> {
    if !method.is_optional() || interface.has_method(&format!("has_{}", method.ident.unraw())) {
        return None;
    }
    let vis = &interface.item.vis;
    let cfgs = &method.cfgs;
    let field = field(method);
    let name = format_ident!("has_{}", method.ident.unraw(), span = method.ident.span());
    let docs = format!("Whether the plug-in has the export `{}`.", method.export);
    Some(quote! {
        #(#cfgs)*
        #[doc = #docs]
        #[must_use]
        #vis fn #name(&self) -> bool {
            self.#field.is_some()
        }
    })
}

fn default_name(method: &Method) -> syn::Ident {
    format_ident!("__extism_default_{}", method.ident.unraw())
}

/// The trait's body, as it runs on the wrapper when the plug-in lacks the export.
fn default_body(method: &Method, valid: bool) -> Option<TokenStream> {
    let Lack::Default(body) = &method.lack else { return None };
    let name = default_name(method);
    let Method { cfgs, generics, receiver, output, .. } = method;
    let arguments = method.arguments.iter().map(|Argument { mutability, ident, ty }| quote!(#mutability #ident: #ty));
    let declared = &output.declared;
    let where_clause = &generics.where_clause;
    let body = if valid { quote!(#body) } else { quote!({ ::core::unreachable!() }) };
    Some(quote! {
        #(#cfgs)*
        #[allow(unused)]
        fn #name #generics (#receiver, #(#arguments),*) #declared #where_clause
            #body
    })
}

/// The error of a method that is there under some conditions only.
fn mismatch(method: &Method) -> Option<TokenStream> {
    let cfgs = &method.cfgs;
    let error = method.mismatch.as_ref()?.to_compile_error();
    let name = format_ident!("__extism_check_{}", method.ident.unraw());
    Some(quote! {
        #(#cfgs)*
        fn #name() {
            #error
        }
    })
}
