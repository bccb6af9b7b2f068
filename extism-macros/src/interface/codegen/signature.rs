//! The parts of a method's signature as they are repeated in implementations.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, Ident, Lifetime, Path, ReceiverKind, Type};

use super::super::model::{Argument, Method};

// What the compiler says of a type that decides the result, it says of the signature, of the call in the body, and of
// the body. All of these stand where the type begins, so that it is the same each time, and said once.

/// What the client's method returns where the type decides it.
pub(super) fn returns(runtime: &Path, method: &Method, ty: &Type) -> TokenStream {
    let lifetime = match &method.receiver.kind {
        ReceiverKind::Reference(_, Some(lifetime), _) => lifetime.clone(),
        _ => Lifetime::new("'_", Span::call_site()),
    };
    let beginning = beginning(ty);
    let open = all_at(beginning, quote!(#runtime::typed::Returns<#lifetime,));
    let (ty, close) = (moved(beginning, ty), all_at(beginning, quote!(>)));
    quote!(-> #open #ty #close)
}

/// `<ty as Returned>::function::<input>(arguments)`.
pub(super) fn returned(
    runtime: &Path,
    ty: &Type,
    function: &TokenStream,
    input: Option<&TokenStream>,
    arguments: TokenStream,
) -> TokenStream {
    let beginning = beginning(ty);
    let open = all_at(beginning, quote!(<));
    let rest = all_at(beginning, quote!(as #runtime::typed::Returned<'_>>::#function));
    let input = input.map(|input| {
        let (open, close) = (all_at(beginning, quote!(::<)), all_at(beginning, quote!(>)));
        quote!(#open #input #close)
    });
    let ty = moved(beginning, ty);
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(beginning);
    quote!(#open #ty #rest #input #arguments)
}

/// The body of a method whose type decides its result.
pub(super) fn body(ty: &Type, body: TokenStream) -> TokenStream {
    let mut body = Group::new(Delimiter::Brace, body);
    body.set_span(beginning(ty));
    body.into_token_stream()
}

fn beginning(ty: &Type) -> Span {
    ty.to_token_stream().into_iter().next().map_or_else(Span::call_site, |token| token.span())
}

fn all_at(span: Span, tokens: TokenStream) -> TokenStream {
    let respanned = tokens.into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    respanned.collect()
}

/// The type at another place, where its names still mean the same.
fn moved(span: Span, ty: &Type) -> TokenStream {
    let respanned = ty.to_token_stream().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    respanned.collect()
}

/// The arguments as they are declared.
pub(super) fn parameters(method: &Method) -> TokenStream {
    let parameters = method.arguments.iter().map(|Argument { ident, ty, .. }| quote!(#ident: #ty));
    quote!(#(#parameters),*)
}

/// The arguments as they are handed on.
pub(super) fn arguments(method: &Method) -> TokenStream {
    let arguments = method.arguments.iter().map(|argument| &argument.ident);
    quote!(#(#arguments),*)
}

/// The method's head, up to its return type.
pub(super) fn head(method: &Method, name: &Ident) -> TokenStream {
    let Method { generics, receiver, .. } = method;
    let parameters = parameters(method);
    quote!(fn #name #generics (#receiver, #parameters))
}

/// The types and constants; lifetimes are found by the compiler.
pub(super) fn turbofish(generics: &Generics) -> Option<TokenStream> {
    let parameters: Vec<_> = generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    (!parameters.is_empty()).then(|| quote!(::<#(#parameters),*>))
}
