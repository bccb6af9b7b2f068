//! The client's methods.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Path, ReturnType, Type, ext::IdentExt};

use super::{
    super::{
        attributes,
        model::{Access, Argument, Interface, Method, Missing},
        options::{ArgsFormat, OnError},
        output,
    },
    bases, bodies, docs, field, signature,
};
use crate::common::{error_span, in_codec, peel};

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
        return signature::returns(runtime, method, ty);
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
        ReturnType::Type(_, declared) if output.fallible => {
            output::with_ok(declared, &Type::Verbatim(ok)).into_token_stream()
        }
        _ if interface.on_error == OnError::Panic => ok,
        _ => quote!(::core::result::Result<#ok, #runtime::Error>),
    };
    signature::arrow(method, &ty)
}

fn body(interface: &Interface, method: &Method) -> TokenStream {
    let this = &method.receiver.self_token;
    let field = field(method);
    let codec = codec(interface, method);
    let Missing::Default(_) = method.missing else {
        let call = converted(interface, method, &quote!(#this.__extism.#field));
        return quote!(#codec #call);
    };
    let mut call = converted(interface, method, &quote!(__extism_export));
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
            signature::returned(runtime, ty, &quote!(wrap), None, output)
        }),
        _ => signature::then(runtime, method, &default, |output| quote!(::core::result::Result::Ok(#output))),
    }
}

/// An alias for a codec that is not the runtime's, so that it is resolved, and errors are reported, in one place.
fn codec(interface: &Interface, method: &Method) -> Option<TokenStream> {
    let codec = method.input_codec.as_ref().or(method.output_codec.as_ref())?;
    (!is_own(interface, codec)).then(|| quote!(type __ExtismCodec<__ExtismValue> = #codec<__ExtismValue>;))
}

fn is_own(interface: &Interface, codec: &Path) -> bool {
    let runtime = &interface.runtime.segments;
    codec.segments.len() == runtime.len() + 1 && runtime.iter().zip(&codec.segments).all(|(own, other)| own == other)
}

/// The codec as the method's body names it.
fn codec_name(interface: &Interface, codec: &Path) -> Path {
    if is_own(interface, codec) { codec.clone() } else { syn::parse_quote!(__ExtismCodec) }
}

/// The call, with its result converted to the method's return type.
fn converted(interface: &Interface, method: &Method, export: &TokenStream) -> TokenStream {
    let call = call(interface, method, export);
    let by_type = method.output.opaque && !method.is_optional();
    let unchanged = method.output_codec.is_none()
        && !method.output.fallible
        && !(method.is_optional() && method.output.is_option())
        && interface.on_error == OnError::Return;
    if by_type || unchanged {
        return call;
    }
    signature::then(&interface.runtime, method, &call, |result| conversion(interface, method, result))
}

/// Converts the result of the call, an expression, to the method's return type.
fn conversion(interface: &Interface, method: &Method, mut result: TokenStream) -> TokenStream {
    let runtime = &interface.runtime;
    if method.output_codec.is_some() {
        let value = quote!(|__extism_value| __extism_value.0);
        result = if method.is_optional() {
            quote!(#runtime::map_present(#result, #value))
        } else {
            quote!(#result.map(#value))
        };
    }
    if method.is_optional() && method.output.is_option() {
        result = quote!(#runtime::flatten(#result));
    }
    if let (true, ReturnType::Type(_, declared)) = (method.output.fallible, &method.output.declared) {
        if let Some(ty) = &method.output.error {
            // In a closure, because the bound of the bare function would be reported twice.
            let from_error = quote_spanned!(error_span(ty)=> <#ty as #runtime::typed::MethodError>::from_error);
            quote!(#result.map_err(|__extism_error| #from_error(__extism_error)))
        } else {
            quote_spanned!(error_span(declared)=> <#declared as #runtime::typed::Outcome<_>>::of(#result))
        }
    } else if interface.on_error == OnError::Panic {
        quote!(#runtime::value_or_panic(#result))
    } else {
        result
    }
}

/// The call. It names the types where possible, so that errors about them are reported at their spans.
fn call(interface: &Interface, method: &Method, export: &TokenStream) -> TokenStream {
    let runtime = &interface.runtime;
    let this = &method.receiver.self_token;
    let (input, input_type) = input(interface, method);
    let codec = method.output_codec.as_ref().map(|codec| codec_name(interface, codec));
    let output_type = match (&method.output.ok, method.output.fallible) {
        (Some(ty), _) => {
            let ty = peel(ty);
            codec.as_ref().map_or_else(|| quote!(#ty), |codec| in_codec(codec, ty))
        }
        (None, false) => quote!(()),
        (None, true) => codec.map_or_else(|| quote!(_), |codec| quote!(#codec<_>)),
    };
    let plugin = plugin(interface, *this);
    if let (Some(ty), true, false) = (&method.output.ok, method.output.opaque, method.is_optional()) {
        let name = match (method.asyncness, interface.on_error, interface.access) {
            (Some(_), _, Access::Exclusive) => quote!(call_async),
            (None, OnError::Panic, Access::Exclusive) => quote!(call_or_panic),
            (None, OnError::Return, Access::Exclusive) => quote!(call),
            (Some(_), _, Access::Shared) => quote!(call_returned_async),
            (None, OnError::Panic, Access::Shared) => quote!(call_returned_or_panic),
            (None, OnError::Return, Access::Shared) => quote!(call_returned),
        };
        let arguments = quote!(#plugin, #export, #input);
        return match interface.access {
            Access::Exclusive => signature::returned(runtime, ty, &name, Some(&input_type), arguments),
            Access::Shared => signature::returned_by_shared(runtime, ty, &name, &input_type, arguments),
        };
    }
    let function = match (method.is_optional(), method.asyncness) {
        (false, None) => quote!(call),
        (false, Some(_)) => quote!(call_async),
        (true, None) => quote!(call_optional),
        (true, Some(_)) => quote!(call_optional_async),
    };
    let owner = match interface.access {
        Access::Exclusive => quote!(#runtime::typed),
        Access::Shared => quote!(#runtime::SharedPlugin),
    };
    quote!(#owner::#function::<#input_type, #output_type>(#plugin, #export, #input))
}

/// The plug-in, which may be inside the clients of other interfaces.
fn plugin(interface: &Interface, this: syn::Token![self]) -> TokenStream {
    if interface.access == Access::Shared {
        quote!(&#this.__extism.plugin)
    } else if interface.extends.is_empty() {
        quote!(&mut #this.__extism.plugin)
    } else {
        let plugin_mut = bases::of_holder(interface, "plugin_mut");
        quote!(#plugin_mut(&mut #this.__extism.plugin))
    }
}

/// The input, and its type.
fn input(interface: &Interface, method: &Method) -> (TokenStream, TokenStream) {
    match (method.format, method.arguments.as_slice()) {
        (Some(format), arguments) => (several_arguments(interface, format, arguments), quote!(_)),
        (None, [Argument { ident, ty, .. }]) => match &method.input_codec {
            Some(codec) if is_own(interface, codec) => (quote!(#codec(#ident)), in_codec(codec, ty)),
            // An alias of a tuple struct cannot be called as its constructor.
            Some(codec) => {
                let codec = codec_name(interface, codec);
                (quote!(#codec { 0: #ident }), in_codec(&codec, ty))
            }
            None => (quote!(#ident), quote!(#ty)),
        },
        // Several arguments without a format were reported, and then no body is generated.
        (None, _) => (quote!(()), quote!(())),
    }
}

/// Several arguments as one input.
fn several_arguments(interface: &Interface, format: ArgsFormat, arguments: &[Argument]) -> TokenStream {
    let runtime = &interface.runtime;
    let encoding = match format {
        ArgsFormat::JsonArray => quote!(#runtime::Encoding::JsonArray),
        ArgsFormat::JsonObject => quote!(#runtime::Encoding::JsonObject),
        // Named by the codec, so that the compiler's error says which feature is missing.
        ArgsFormat::Msgpack => quote!(#runtime::Msgpack::<()>::ENCODING),
    };
    let arguments = arguments.iter().map(|Argument { ident, name, ty, .. }| {
        let argument = quote_spanned!(error_span(ty)=> <#ty as #runtime::typed::SerializeArgument>::erased(&#ident));
        quote!((#name, #argument))
    });
    quote!(#runtime::SeveralArguments { encoding: #encoding, arguments: &[#(#arguments),*] })
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

/// The error for a method that exists only under some conditions.
fn mismatch(method: &Method) -> Option<TokenStream> {
    let cfgs = &method.cfgs;
    let error = method.mismatch.as_ref()?.to_compile_error();
    let name = format_ident!("__extism_check_{}", method.index);
    Some(quote! {
        #(#cfgs)*
        fn #name() {
            #error
        }
    })
}
