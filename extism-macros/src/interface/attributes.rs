//! Where the attributes of a trait and its methods go.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{AttrStyle, Attribute, Meta, Token, ext::IdentExt, parse::Parser, parse_quote, punctuated::Punctuated};

use crate::common::Errors;

/// Attributes that the client's items have as well.
const CARRIED: [&str; 8] = ["cfg", "deprecated", "doc", "must_use", "allow", "warn", "deny", "forbid"];
/// Attributes that stay on a trait's method when its body moves.
const DECLARED: [&str; 14] = [
    "allow",
    "cfg",
    "cold",
    "deny",
    "deprecated",
    "diagnostic",
    "doc",
    "expect",
    "forbid",
    "inline",
    "must_use",
    "track_caller",
    "warn",
    "export",
];
/// Those of them that the body has as well.
const SHARED: [&str; 9] = ["allow", "cfg", "cold", "deny", "expect", "forbid", "inline", "track_caller", "warn"];

/// The attributes in a `cfg_attr`, without its condition.
pub(super) fn nested(attribute: &Attribute) -> Vec<Meta> {
    let Meta::List(list) = &attribute.meta else { return Vec::new() };
    let all = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(list.tokens.clone());
    all.map(|all| all.into_iter().skip(1).collect()).unwrap_or_default()
}

/// The attributes, with each `cfg_attr` split into several with one attribute each.
fn flat(attributes: &[Attribute]) -> Vec<Attribute> {
    let mut all = Vec::new();
    for attribute in attributes {
        let inner = if attribute.path().is_ident("cfg_attr") { nested(attribute) } else { Vec::new() };
        if let (false, Meta::List(list)) = (inner.is_empty(), &attribute.meta) {
            let condition = condition(&list.tokens);
            all.extend(inner.iter().map(|inner| -> Attribute { parse_quote!(#[cfg_attr(#condition, #inner)]) }));
        } else {
            all.push(Attribute { style: AttrStyle::Outer, ..attribute.clone() });
        }
    }
    all
}

/// The tokens before the first comma.
fn condition(tokens: &TokenStream) -> TokenStream {
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    tokens.clone().into_iter().take_while(|token| !is_comma(token)).collect()
}

/// The first name of the attribute, or, for a `cfg_attr`, of the attribute in it.
fn name(attribute: &Attribute) -> String {
    let first = |meta: &Meta| meta.path().segments.first().map(|segment| segment.ident.unraw().to_string());
    let nested = if attribute.path().is_ident("cfg_attr") { nested(attribute) } else { Vec::new() };
    nested.first().map_or_else(|| first(&attribute.meta), first).unwrap_or_default()
}

fn select(attributes: &[Attribute], names: &[&str]) -> Vec<Attribute> {
    flat(attributes).into_iter().filter(|attribute| names.contains(&&*name(attribute))).collect()
}

/// The attributes, besides documentation, that the client or its method has as well.
pub(super) fn carried(attributes: &[Attribute]) -> Vec<Attribute> {
    select(attributes, &CARRIED)
}

/// Whether panics in the method are reported at its caller.
pub(super) fn tracks_caller(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("track_caller"))
}

/// The lints that are set on an item.
pub(super) fn lints(attributes: &[Attribute]) -> Vec<Attribute> {
    select(attributes, &["allow", "warn", "deny", "forbid"])
}

/// Splits the attributes of a method with a body that moves: those of the declaration, and those of the body.
pub(super) fn divided(attributes: &[Attribute], method: &str) -> (Vec<Attribute>, Vec<Attribute>) {
    let all = flat(attributes);
    let declaration = all.iter().filter(|attribute| DECLARED.contains(&&*name(attribute))).cloned().map(expected);
    let is_of_body = |attribute: &&Attribute| {
        let name = name(attribute);
        SHARED.contains(&&*name) || !DECLARED.contains(&&*name)
    };
    let body = all.iter().filter(is_of_body).cloned().map(|attribute| named(attribute, method));
    (declaration.collect(), body.collect())
}

/// Turns `expect` into `allow`: a lint expected in the body may or may not fire in the declaration.
fn expected(mut attribute: Attribute) -> Attribute {
    if let Meta::List(list) = &mut attribute.meta
        && list.path.is_ident("expect")
    {
        list.path = parse_quote!(allow);
    }
    attribute
}

/// Adds the method's name to an `#[instrument]` without one, because the function with the body has a different name.
fn named(mut attribute: Attribute, method: &str) -> Attribute {
    let path = attribute.path();
    if path.segments.last().is_none_or(|segment| segment.ident != "instrument") {
        return attribute;
    }
    let path = path.clone();
    let tokens = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let gives_name = match tokens.clone().into_iter().next() {
        Some(TokenTree::Literal(_)) => true,
        _ => tokens.clone().into_iter().any(|token| matches!(token, TokenTree::Ident(ident) if ident == "name")),
    };
    if !gives_name {
        attribute.meta = parse_quote!(#path(name = #method, #tokens));
    }
    attribute
}

/// Removes and reports `#[cfg_attr(.., export(..))]`.
pub(super) fn refuse_conditional_export(attributes: &mut Vec<Attribute>, errors: &mut Errors) {
    attributes.retain(|attribute| {
        let conditional = attribute.path().is_ident("cfg_attr")
            && nested(attribute).iter().any(|meta| meta.path().is_ident("export"));
        if conditional {
            errors.at(
                attribute,
                "`#[export(..)]` cannot be conditional: write the method twice, each with its own `#[cfg(..)]`",
            );
        }
        !conditional
    });
}

/// Removes and reports `#[async_trait]`, which would turn the methods into others.
pub(super) fn refuse_async_trait(attributes: &mut Vec<Attribute>, errors: &mut Errors) {
    attributes.retain(|attribute| {
        let refused = attribute.path().segments.last().is_some_and(|segment| segment.ident == "async_trait");
        if refused {
            errors.at(attribute, "`#[plugin_interface]` supports `async fn` itself: remove `#[async_trait]`");
        }
        !refused
    });
}

/// Removes and reports attributes that would change the number of arguments.
pub(super) fn refuse_conditional_argument(attributes: &mut Vec<Attribute>, errors: &mut Errors) {
    attributes.retain(|attribute| {
        let conditional = attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr");
        if conditional {
            errors.at(
                attribute,
                "an argument cannot be conditional, because the number of arguments decides the wire format: \
                 write the method twice, each with its own `#[cfg(..)]`",
            );
        }
        !conditional
    });
}

/// The attributes as tokens.
pub(super) fn tokens(attributes: &[Attribute]) -> TokenStream {
    quote!(#(#attributes)*)
}
