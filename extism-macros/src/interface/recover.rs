//! The output for a trait with mistakes: everything that was promised, without code that the compiler would
//! report again.

use std::collections::HashSet;

use quote::format_ident;
use syn::{
    FnArg, GenericParam, Ident, Pat, ReceiverKind, ReturnType, Safety, TraitItem, TraitItemFn, Type, TypePath,
    parse_quote,
    spanned::Spanned,
    visit_mut::{self, VisitMut},
};

use super::{
    model::{Interface, Method},
    receiver::receiver_for,
};

/// Removes already reported mistakes from the trait and its methods.
pub(super) fn recover_interface(interface: &mut Interface) {
    interface.valid = false;
    interface.unimplementable = !interface.item.generics.params.is_empty()
        || interface.item.items.iter().any(only_for_the_author)
        || interface.item.items.iter().any(of_another_kind)
        || !interface.extends.is_empty()
        || interface.methods.iter().any(|method| method.output.has_impl_trait());
    interface.extends.clear();
    let generics = interface.item.generics.params.clone();
    for method in &mut interface.methods {
        // The trait's parameters were already reported, but are still needed here.
        let known: Vec<_> = method.generics.lifetimes().map(|known| known.lifetime.clone()).collect();
        let unknown = |parameter: &&GenericParam| !matches!(parameter, GenericParam::Lifetime(parameter) if known.contains(&parameter.lifetime));
        method.generics.params.extend(generics.iter().filter(unknown).cloned());
        if method.access.is_none() {
            method.receiver = receiver_for(interface.access, method.receiver.self_token.span);
        }
        visit_method(method);
    }
    let mut seen = HashSet::new();
    interface.methods.retain(|method| !method.cfgs.is_empty() || seen.insert(method.ident.clone()));
    trait_items(interface);
}

/// Whether only the trait's author could implement the item.
fn only_for_the_author(item: &TraitItem) -> bool {
    match item {
        TraitItem::Fn(_) => false,
        TraitItem::Const(constant) => constant.default.is_none(),
        _ => true,
    }
}

/// Whether the item is a kind of method that a client cannot have. It stays as written, because the program's own
/// implementations have it too.
fn of_another_kind(item: &TraitItem) -> bool {
    let TraitItem::Fn(TraitItemFn { sig, .. }) = item else { return false };
    let by_reference = sig.receiver().is_some_and(|receiver| matches!(&receiver.kind, ReceiverKind::Reference(..)));
    let safe = matches!(sig.safety, Safety::Default);
    !by_reference || !safe || sig.constness.is_some() || sig.abi.is_some() || sig.variadic.is_some()
}

fn trait_items(interface: &mut Interface) {
    let mut seen: HashSet<Ident> = HashSet::new();
    interface.item.items.retain(|item| match item {
        TraitItem::Fn(function) => {
            let conditional = function.attrs.iter().any(|attribute| attribute.path().is_ident("cfg"));
            conditional || seen.insert(function.sig.ident.clone())
        }
        _ => true,
    });
    for item in &mut interface.item.items {
        if let TraitItem::Fn(function) = item {
            trait_method(function);
        }
    }
}

/// Removes code that the compiler would report too.
fn trait_method(function: &mut TraitItemFn) {
    let sig = &mut function.sig;
    sig.constness = None;
    sig.variadic = None;
    sized_result(&mut sig.output);
    if function.default.is_none() {
        for (index, input) in sig.inputs.iter_mut().enumerate() {
            plain_name(index, input);
        }
    }
}

fn plain_name(index: usize, input: &mut FnArg) {
    let FnArg::Typed(typed) = input else { return };
    let plain = |pat: &syn::PatIdent| pat.by_ref.is_none() && pat.subpat.is_none() && pat.mutability.is_none();
    if !matches!(&*typed.pat, Pat::Ident(pat) if plain(pat)) {
        let name = format_ident!("__extism_argument_{index}", span = typed.pat.span());
        *typed.pat = parse_quote!(#name);
    }
}

/// Replaces a bare `dyn` result, which the compiler would report too.
fn sized_result(output: &mut ReturnType) {
    if let ReturnType::Type(_, ty) = output
        && matches!(**ty, Type::TraitObject(_))
    {
        **ty = parse_quote!(());
    }
}

fn visit_method(method: &mut Method) {
    sized_result(&mut method.output.declared);
    Nameless.visit_return_type_mut(&mut method.output.declared);
    if let Some(ok) = &mut method.output.ok {
        Nameless.visit_type_mut(ok);
    }
    for argument in &mut method.arguments {
        Associated.visit_type_mut(&mut argument.ty);
    }
}

/// Replaces types that the client's results cannot have by `()`.
struct Nameless;

impl VisitMut for Nameless {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if matches!(ty, Type::ImplTrait(_)) {
            *ty = parse_quote!(());
        }
        Associated.visit_type_mut(ty);
        visit_mut::visit_type_mut(self, ty);
    }
}

/// Replaces `Self::Item`, which the client does not have, by `()`.
struct Associated;

impl VisitMut for Associated {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if matches!(ty, Type::Path(TypePath { path, .. }) if path.segments.len() > 1 && path.segments[0].ident == "Self")
        {
            *ty = parse_quote!(());
        }
        visit_mut::visit_type_mut(self, ty);
    }
}
