use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Path, Type, parse_quote, spanned::Spanned};

/// The runtime's path where no `crate = ..` says another.
pub(crate) fn runtime_path(given: Option<Path>) -> Path {
    given.unwrap_or_else(|| parse_quote!(::extism_runtime))
}

/// The type without the parentheses, and the invisible groups of `macro_rules!` fragments, around it.
pub(crate) fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        _ => ty,
    }
}

/// Where `tokens` stand, for generated code: errors in it are shown there, but its names are the expansion's own, also
/// where the tokens came through a `macro_rules!`.
pub(crate) fn place(tokens: &impl Spanned) -> Span {
    tokens.span().resolved_at(Span::call_site())
}

/// The tokens as if written at another place; for paths that come out of an attribute or of nowhere, in front of what
/// they are applied to.
pub(crate) fn at(span: Span, tokens: impl ToTokens) -> TokenStream {
    let respanned = tokens.into_token_stream().into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut respanned = Group::new(group.delimiter(), at(span, group.stream()));
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

/// `codec<ty>`, of which the compiler's errors stand on all of `ty`.
pub(crate) fn in_codec(codec: &Path, ty: &Type) -> TokenStream {
    let last = ty.to_token_stream().into_iter().last().map_or_else(|| place(ty), |token| token.span());
    let codec = at(place(ty), codec);
    let open = quote_spanned!(place(ty)=> <);
    let close = quote_spanned!(last.resolved_at(Span::call_site())=> >);
    quote!(#codec #open #ty #close)
}
