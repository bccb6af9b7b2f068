use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Path, Token, Type, TypeParamBound, parse_quote, punctuated::Punctuated, spanned::Spanned};

use super::text::type_text;

/// The path of the runtime's items for expansions; `crate = ..` names a crate other than `extism_runtime`.
pub(crate) fn runtime_path(given: Option<Path>) -> Path {
    let runtime = given.unwrap_or_else(|| parse_quote!(::extism_runtime));
    parse_quote!(#runtime::__private)
}

/// Strips parentheses, and the invisible groups of `macro_rules!` fragments, from around a type.
pub(crate) fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        _ => ty,
    }
}

/// The span of `tokens` for generated code: errors are shown there, but names resolve at the expansion, even if the
/// tokens came through a `macro_rules!`.
pub(crate) fn error_span(tokens: &impl Spanned) -> Span {
    tokens.span().resolved_at(Span::call_site())
}

/// Moves the tokens to another span. Used for paths that come from an attribute or from the macro itself, in front of
/// the tokens that they apply to.
pub(crate) fn respan(span: Span, tokens: impl ToTokens) -> TokenStream {
    let respanned = tokens.into_token_stream().into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut respanned = Group::new(group.delimiter(), respan(span, group.stream()));
            respanned.set_span(span);
            respanned.into()
        }
        mut token => {
            token.set_span(span.resolved_at(token.span()));
            token
        }
    });
    respanned.collect()
}

/// Returns `codec<ty>`, with a span that makes the compiler's errors cover all of `ty`.
pub(crate) fn in_codec(codec: &Path, ty: &Type) -> TokenStream {
    let last = ty.to_token_stream().into_iter().last().map_or_else(|| error_span(ty), |token| token.span());
    let codec = respan(error_span(ty), codec);
    let open = quote_spanned!(error_span(ty)=> <);
    let close = quote_spanned!(last.resolved_at(Span::call_site())=> >);
    quote!(#codec #open #ty #close)
}

/// The type to use instead of one that borrows, for errors.
pub(crate) fn owned_form(ty: &Type) -> String {
    let borrowed = match peel(ty) {
        Type::Reference(reference) => type_text(&reference.elem),
        _ => String::new(),
    };
    let owned = match borrowed.as_str() {
        "str" => "`String`",
        "[u8]" => "`Vec<u8>`",
        _ => "a type that owns its data",
    };
    format!("use {owned}")
}

/// The error of a function that returns a future.
pub(crate) const FUTURE: &str =
    "write `async fn`, with the future's output as the result, instead of returning a future";

/// Whether the bounds of an `impl` or `dyn` type say that it is a future.
pub(crate) fn is_future(bounds: &Punctuated<TypeParamBound, Token![+]>) -> bool {
    let name = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().map(|segment| segment.ident.clone()),
        _ => None,
    };
    bounds.iter().filter_map(name).any(|name| name == "Future")
}
