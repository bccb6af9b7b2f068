//! `pub fn` in a trait, as written out of habit from `impl` blocks. A parser does not accept it as a trait.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use crate::common::Errors;

/// Removes `pub` from the trait's items and reports each one.
pub(super) fn strip(item: TokenStream, errors: &mut Errors) -> TokenStream {
    let tokens: Vec<TokenTree> = item.into_iter().collect();
    let is_trait = tokens.iter().any(|token| matches!(token, TokenTree::Ident(ident) if ident == "trait"));
    let last = tokens.len().saturating_sub(1);
    let stripped = tokens.into_iter().enumerate().map(|(index, token)| match token {
        TokenTree::Group(body) if is_trait && index == last && body.delimiter() == Delimiter::Brace => {
            let mut stripped = Group::new(Delimiter::Brace, without_visibility(body.stream(), errors));
            stripped.set_span(body.span());
            stripped.into()
        }
        other => other,
    });
    stripped.collect()
}

fn without_visibility(body: TokenStream, errors: &mut Errors) -> TokenStream {
    let mut tokens = body.into_iter().peekable();
    let mut kept = Vec::new();
    while let Some(token) = tokens.next() {
        let TokenTree::Ident(ident) = &token else {
            kept.push(token);
            continue;
        };
        let restriction = tokens.next_if(|next| ident == "pub" && is_restriction(next));
        let item = tokens.peek().is_some_and(|next| matches!(next, TokenTree::Ident(next) if begins_item(next)));
        if ident == "pub" && item {
            errors.at(ident, "items of a trait have the trait's visibility: remove `pub`");
        } else {
            kept.push(token);
            kept.extend(restriction);
        }
    }
    kept.into_iter().collect()
}

/// Whether the token is the `(crate)` of `pub(crate)`.
fn is_restriction(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
}

fn begins_item(ident: &Ident) -> bool {
    ["fn", "const", "type", "async", "unsafe", "extern"].iter().any(|keyword| ident == keyword)
}
