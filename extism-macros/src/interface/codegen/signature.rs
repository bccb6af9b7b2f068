//! The parts of a method's signature that are repeated in implementations.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{
    GenericParam, Generics, Ident, Lifetime, Path, ReceiverKind, ReturnType, Token, Type, WhereClause,
    parse_quote_spanned, punctuated::Punctuated,
};

use super::super::model::{Access, Argument, Interface, Method};
use crate::common::error_span;

// If a type decides the result, the compiler reports errors about it at the signature, at the call in the body, and at
// the body. All of these get the span where the type begins, so that the errors are identical and shown once.

/// The return type, with its arrow, of a method that returns `ty`: a future of it for an `async` method.
///
/// The future is `Send` for every implementor, so that generic code can spawn it.
pub(super) fn arrow(method: &Method, ty: &TokenStream) -> TokenStream {
    let arrow = match &method.output.declared {
        ReturnType::Type(arrow, _) => quote!(#arrow),
        ReturnType::Default => quote!(->),
    };
    match &method.asyncness {
        Some(asyncness) => {
            let future = quote_spanned! {error_span(asyncness)=>
                impl ::core::future::Future<Output = #ty> + ::core::marker::Send
            };
            quote!(#arrow #future)
        }
        None => quote!(#arrow #ty),
    }
}

/// The return type of the trait's method, with its arrow.
pub(super) fn declared(method: &Method) -> TokenStream {
    match (&method.output.declared, &method.asyncness) {
        (ReturnType::Default, None) => TokenStream::new(),
        (ReturnType::Default, Some(_)) => arrow(method, &quote!(())),
        (ReturnType::Type(_, ty), _) => arrow(method, &ty.to_token_stream()),
    }
}

/// The `where` clause of a method with a default body. An `async` body keeps `self`, which has to be `Send`.
pub(super) fn where_clause_of_body(interface: &Interface, method: &Method) -> Option<WhereClause> {
    let clause = method.generics.where_clause.clone();
    let Some(asyncness) = &method.asyncness else { return clause };
    let span = error_span(asyncness);
    let mut clause =
        clause.unwrap_or_else(|| WhereClause { where_token: Token![where](span), predicates: Punctuated::new() });
    let bound = send_self(interface.access, span);
    clause.predicates.push(parse_quote_spanned!(span=> Self: #bound));
    Some(clause)
}

/// What makes the `self` of a method `Send`.
pub(super) fn send_self(access: Access, span: Span) -> TokenStream {
    match access {
        Access::Exclusive => quote_spanned!(span=> ::core::marker::Send),
        Access::Shared => quote_spanned!(span=> ::core::marker::Sync),
    }
}

/// Converts what a method returns: now, or when the future of an `async` method is ready.
pub(super) fn then(
    runtime: &Path,
    method: &Method,
    returned: &TokenStream,
    convert: impl FnOnce(TokenStream) -> TokenStream,
) -> TokenStream {
    if method.asyncness.is_none() {
        return convert(returned.clone());
    }
    let converted = convert(quote!(__extism_output));
    quote!(#runtime::then(#returned, |__extism_output| #converted))
}

/// The return type of the client's method if the declared type decides it.
pub(super) fn returns(runtime: &Path, method: &Method, ty: &Type) -> TokenStream {
    let lifetime = match &method.receiver.kind {
        ReceiverKind::Reference(_, Some(lifetime), _) => lifetime.clone(),
        _ => Lifetime::new("'_", Span::call_site()),
    };
    let beginning = beginning(ty);
    let open = all_at(beginning, quote!(#runtime::typed::Returns<#lifetime,));
    let (ty, close) = (moved(beginning, ty), all_at(beginning, quote!(>)));
    arrow(method, &quote!(#open #ty #close))
}

/// `SharedPlugin::function::<ty, input, _, _>(arguments)`, where the type decides the result.
pub(super) fn returned_by_shared(
    runtime: &Path,
    ty: &Type,
    function: &TokenStream,
    input: &TokenStream,
    arguments: TokenStream,
) -> TokenStream {
    let beginning = beginning(ty);
    let open = all_at(beginning, quote!(#runtime::SharedPlugin::#function::<));
    let (comma, close) = (all_at(beginning, quote!(,)), all_at(beginning, quote!(, _, _>)));
    let ty = moved(beginning, ty);
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(beginning);
    quote!(#open #ty #comma #input #close #arguments)
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

/// The body of a method if the declared type decides the result.
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

/// Moves the type to another span without changing how its names resolve.
fn moved(span: Span, ty: &Type) -> TokenStream {
    let respanned = ty.to_token_stream().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    respanned.collect()
}

/// The arguments as declared.
pub(super) fn parameters(method: &Method) -> TokenStream {
    let parameters = method.arguments.iter().map(|Argument { ident, ty, .. }| quote!(#ident: #ty));
    quote!(#(#parameters),*)
}

/// The arguments as passed on.
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

/// The type and const arguments; the compiler infers lifetimes.
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
