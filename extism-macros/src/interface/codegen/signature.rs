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
    let Some(asyncness) = &method.asyncness else { return quote!(#arrow #ty) };
    let future = quote_spanned! {error_span(asyncness)=>
        impl ::core::future::Future<Output = #ty> + ::core::marker::Send
    };
    quote!(#arrow #future)
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
pub(super) fn returns(interface: &Interface, method: &Method, ty: &Type) -> TokenStream {
    arrow(method, &by_type(interface, method, ty, [quote!(Returns), quote!(SharedReturns)]))
}

/// The same for a method that returns the call itself. The future of a call has a name, which leads to fewer errors
/// about the type.
pub(super) fn returns_call(interface: &Interface, method: &Method, ty: &Type) -> TokenStream {
    if method.asyncness.is_none() || method.body().is_some() {
        return returns(interface, method, ty);
    }
    let future = by_type(interface, method, ty, [quote!(ReturnedFuture), quote!(SharedReturnedFuture)]);
    quote!(-> #future)
}

/// One of the two aliases, of a client with one instance and of a shared one, with the declared type.
fn by_type(interface: &Interface, method: &Method, ty: &Type, aliases: [TokenStream; 2]) -> TokenStream {
    let runtime = &interface.runtime;
    let lifetime = match &method.receiver.kind {
        ReceiverKind::Reference(_, Some(lifetime), _) => lifetime.clone(),
        _ => Lifetime::new("'_", Span::call_site()),
    };
    let beginning = beginning(ty);
    let [exclusive, shared] = aliases;
    let open = match interface.access {
        Access::Exclusive => quote!(#runtime::typed::#exclusive<#lifetime,),
        Access::Shared => quote!(#runtime::typed::#shared<),
    };
    let open = all_at(beginning, open);
    let (ty, close) = (moved(beginning, ty), all_at(beginning, quote!(>)));
    quote!(#open #ty #close)
}

/// `<ty as Returned>::function::<input>(arguments)`.
pub(super) fn returned(
    interface: &Interface,
    ty: &Type,
    function: &TokenStream,
    input: Option<&TokenStream>,
    arguments: TokenStream,
) -> TokenStream {
    let runtime = &interface.runtime;
    let beginning = beginning(ty);
    let open = all_at(beginning, quote!(<));
    let rest = match interface.access {
        Access::Exclusive => quote!(as #runtime::typed::Returned<'_>>::#function),
        Access::Shared => quote!(as #runtime::typed::SharedReturned>::#function),
    };
    let rest = all_at(beginning, rest);
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
