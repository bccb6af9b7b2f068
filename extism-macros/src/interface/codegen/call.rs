//! The call in a method's body: its input, and its result converted to the method's return type.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Path, ReturnType};

use super::{
    super::{
        model::{Access, Argument, Interface, Method},
        options::{ArgsFormat, OnError},
    },
    bases, signature,
};
use crate::common::{error_span, in_codec, peel, type_text};

/// An alias for a codec that is not the runtime's, so that it is resolved, and errors are reported, in one place.
pub(super) fn codec(interface: &Interface, method: &Method) -> Option<TokenStream> {
    let codec = method.input_codec.as_ref().or(method.output_codec.as_ref())?;
    (!is_own(interface, codec)).then(|| quote!(type __ExtismCodec<__ExtismValue> = #codec<__ExtismValue>;))
}

fn is_own(interface: &Interface, codec: &Path) -> bool {
    let runtime = &interface.runtime.segments;
    let same = |(own, other)| type_text(own) == type_text(other);
    codec.segments.len() == runtime.len() + 1 && runtime.iter().zip(&codec.segments).all(same)
}

/// The codec as the method's body names it.
fn codec_name(interface: &Interface, codec: &Path) -> Path {
    if is_own(interface, codec) { codec.clone() } else { syn::parse_quote!(__ExtismCodec) }
}

/// The call, with its result converted to the method's return type.
pub(super) fn converted(interface: &Interface, method: &Method, export: &TokenStream) -> TokenStream {
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
        let name = match (method.asyncness, interface.on_error) {
            (Some(_), _) => quote!(call_async),
            (None, OnError::Panic) => quote!(call_or_panic),
            (None, OnError::Return) => quote!(call),
        };
        let arguments = quote!(#plugin, #export, #input);
        return signature::returned(interface, ty, &name, Some(&input_type), arguments);
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
        ArgsFormat::Msgpack => quote!(<#runtime::Msgpack<()> as #runtime::EncodesSeveral>::ENCODING),
    };
    let arguments = arguments.iter().map(|Argument { ident, name, ty, .. }| {
        let argument = quote_spanned!(error_span(ty)=> <#ty as #runtime::typed::SerializeArgument>::erased(&#ident));
        quote!((#name, #argument))
    });
    quote!(#runtime::SeveralArguments { encoding: #encoding, arguments: &[#(#arguments),*] })
}
