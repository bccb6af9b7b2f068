use proc_macro2::Span;
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
pub(crate) fn place(tokens: impl Spanned) -> Span {
    tokens.span().resolved_at(Span::call_site())
}
