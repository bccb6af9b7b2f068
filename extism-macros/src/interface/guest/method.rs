//! What an export runs: decodes the arguments, calls the method, encodes the answer.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, Path, ReturnType, Type};

use super::super::{
    model::{Argument, Interface, Method},
    options::ArgsFormat,
};
use crate::common::{Received, error_span, received, received_together};

/// The hidden function that runs a method's export.
pub(super) fn name(method: &Method) -> Ident {
    format_ident!("__extism_export_{}", method.index)
}

pub(super) fn export(interface: &Interface, method: &Method) -> TokenStream {
    let runtime = &interface.runtime;
    let (name, cfgs) = (name(method), &method.cfgs);
    let predicates = method.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let arguments = Arguments::of(interface, method);
    let (read, values) = (arguments.read, arguments.values);
    let answer = answer(interface, method, &values);
    quote! {
        #[doc(hidden)]
        #(#cfgs)*
        #[allow(deprecated, unused_variables, clippy::all, clippy::pedantic)]
        fn #name() -> i32
        where
            Self: #runtime::PluginState,
            #(#predicates,)*
        {
            #runtime::export::<Self>(|__extism_state, __extism_input| {
                #read
                #answer
            })
        }
    }
}

struct Arguments {
    /// The statements that decode them.
    read: TokenStream,
    /// The arguments as the method takes them.
    values: Vec<TokenStream>,
}

impl Arguments {
    fn of(interface: &Interface, method: &Method) -> Self {
        let runtime = &interface.runtime;
        let values: Vec<_> = (0..method.arguments.len()).map(|index| format_ident!("__extism_value_{index}")).collect();
        match (method.format, method.arguments.as_slice()) {
            (Some(format), arguments) => {
                let received: Vec<_> =
                    arguments.iter().map(|argument| received_together(runtime, &argument.ty)).collect();
                let read = several(runtime, format, arguments, &received, &values);
                Self { read, values: passed(&received, &values) }
            }
            (None, [Argument { ty, .. }]) => {
                let received = received(ty, method.input_codec.as_ref());
                let decoded = &received.ty;
                let read = quote_spanned! {error_span(ty)=>
                    let __extism_value_0 = #runtime::argument::<#decoded>(__extism_input)?;
                };
                Self { read, values: passed(&[received], &values) }
            }
            (None, _) => Self { read: TokenStream::new(), values: Vec::new() },
        }
    }
}

fn passed(received: &[Received], values: &[Ident]) -> Vec<TokenStream> {
    received.iter().zip(values).map(|(received, value)| received.of(value)).collect()
}

/// Decodes several arguments from one input.
fn several(
    runtime: &Path,
    format: ArgsFormat,
    arguments: &[Argument],
    received: &[Received],
    values: &[Ident],
) -> TokenStream {
    let types = arguments.iter().zip(received).map(|(argument, received)| {
        let ty: &Type = &received.ty;
        quote_spanned!(error_span(&argument.ty)=> #ty)
    });
    let types = quote!((#(#types,)*));
    let names = arguments.iter().map(|argument| &argument.name);
    match format {
        ArgsFormat::JsonArray => quote! {
            let (#(#values,)*) = #runtime::argument::<#runtime::Json<#types>>(__extism_input)?.0;
        },
        ArgsFormat::JsonObject => quote! {
            let (#(#values,)*) = #runtime::named::<#types>(__extism_input, &[#(#names),*])?;
        },
        ArgsFormat::Msgpack => quote! {
            let (#(#values,)*) = #runtime::argument::<#runtime::Msgpack<#types>>(__extism_input)?.0;
        },
    }
}

/// The call, and what becomes of its result.
fn answer(interface: &Interface, method: &Method, values: &[TokenStream]) -> TokenStream {
    let runtime = &interface.runtime;
    let (item, ident) = (&interface.item.ident, &method.ident);
    let mut call = quote!(<Self as #item>::#ident(__extism_state, #(#values),*));
    if let Some(asyncness) = &method.asyncness {
        call = quote_spanned!(error_span(asyncness)=> #runtime::wait(#call)?);
    }
    if let Some(codec) = &method.output_codec {
        call = if method.output.fallible {
            quote!(#call.map(|__extism_value| #codec { 0: __extism_value }))
        } else {
            quote!(#codec { 0: #call })
        };
    }
    let span = match &method.output.declared {
        ReturnType::Type(_, ty) => error_span(ty),
        ReturnType::Default => error_span(ident),
    };
    let answered = quote_spanned!(span=> #runtime::answered(__extism_answer));
    let span_of_error = method.output.error.as_ref().map_or(span, error_span);
    let failed = quote_spanned!(span_of_error=> #runtime::Failed(__extism_error).failure());
    quote! {
        #[allow(unused_imports)]
        use #runtime::FailureOfText as _;
        let __extism_answer = #call;
        match #answered {
            ::core::result::Result::Ok(__extism_done) => __extism_done,
            ::core::result::Result::Err(__extism_error) => ::core::result::Result::Err(#failed),
        }
    }
}
