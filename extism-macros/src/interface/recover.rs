//! What comes out of a trait that has mistakes, so that the compiler doesn't report them a second time.

use std::collections::HashSet;

use quote::format_ident;
use syn::{FnArg, ItemTrait, Pat, Safety, TraitItem, TraitItemFn, parse_quote, spanned::Spanned};

pub(super) fn trait_without_mistakes(item: &mut ItemTrait) {
    let mut seen = HashSet::new();
    item.items.retain(|item| match item {
        TraitItem::Fn(function) => seen.insert(function.sig.ident.clone()) || !function.attrs.is_empty(),
        _ => true,
    });
    for item in &mut item.items {
        if let TraitItem::Fn(function) = item {
            method_without_mistakes(function);
        }
    }
}

fn method_without_mistakes(function: &mut TraitItemFn) {
    function.sig.asyncness = None;
    function.sig.constness = None;
    function.sig.variadic = None;
    if matches!(function.sig.safety, Safety::Unsafe(_)) {
        function.sig.safety = Safety::Default;
    }
    if function.default.is_some() {
        return;
    }
    for (index, input) in function.sig.inputs.iter_mut().enumerate() {
        if let FnArg::Typed(typed) = input
            && !is_plain(&typed.pat)
        {
            let name = format_ident!("__extism_argument_{index}", span = typed.pat.span());
            *typed.pat = parse_quote!(#name);
        }
    }
}

fn is_plain(pattern: &Pat) -> bool {
    matches!(pattern, Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() && pat.mutability.is_none())
}
