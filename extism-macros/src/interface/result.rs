//! The rules for a method's result.

use syn::{
    Receiver, ReceiverKind, ReturnType, Token, Type, TypeImplTrait, TypeParamBound, TypeTraitObject,
    punctuated::Punctuated,
    visit::{self, Visit},
};

use super::{model::Access, output::Output};
use crate::common::{Errors, lifetime_use, owned_form};

/// Records a result that cannot be decoded from the plug-in's output.
pub(super) fn check(output: &Output, receiver: &Receiver, access: Option<Access>, errors: &mut Errors) {
    if let Some(error) = not_concrete(output) {
        return errors.push(error);
    }
    let Some(ok) = &output.ok else { return };
    if access == Some(Access::Shared) { check_owned(ok, errors) } else { check_borrows(ok, receiver, errors) }
}

/// The error of a result that contains `impl Trait` or `dyn Trait`.
fn not_concrete(output: &Output) -> Option<syn::Error> {
    let declared = match &output.declared {
        ReturnType::Type(_, declared) => find_impl(declared),
        ReturnType::Default => None,
    };
    if let Some(ty) = declared {
        let concrete = "a result is decoded into a concrete type, which `impl Trait` is not";
        return Some(syn::Error::new_spanned(&ty, if is_future(&ty.bounds) { FUTURE } else { concrete }));
    }
    let ty = find_dyn(output.ok.as_ref()?)?;
    let concrete = "a result is decoded into a concrete type, which `dyn Trait` is not";
    Some(syn::Error::new_spanned(&ty, if is_future(&ty.bounds) { FUTURE } else { concrete }))
}

const FUTURE: &str = "write `async fn`, with the future's output as the result, instead of returning a future";

fn is_future(bounds: &Punctuated<TypeParamBound, Token![+]>) -> bool {
    let name = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().map(|segment| segment.ident.clone()),
        _ => None,
    };
    bounds.iter().filter_map(name).any(|name| name == "Future")
}

/// Records a result that borrows where the instance goes back to a pool.
fn check_owned(ok: &Type, errors: &mut Errors) {
    let used = lifetime_use(ok);
    if used.borrows() || used.fixed.is_some() {
        errors.at(
            ok,
            format!(
                "with `&self`, a result cannot borrow from the plug-in, because other callers use the instance as \
                 soon as the call ends: {}",
                owned_form(ok)
            ),
        );
    }
}

/// Records a result that borrows from something else than the plug-in.
fn check_borrows(ok: &Type, receiver: &Receiver, errors: &mut Errors) {
    let used = lifetime_use(ok);
    if let Some(span) = used.fixed {
        errors.at_span(
            span,
            "a borrowed result is in the plug-in's memory and valid until the next call: remove `'static`",
        );
    }
    let own = match &receiver.kind {
        ReceiverKind::Reference(_, lifetime, _) => lifetime.as_ref(),
        _ => None,
    };
    for lifetime in used.named.iter().filter(|named| Some(*named) != own) {
        errors.at(
            lifetime,
            format!(
                "a borrowed result is in the plug-in's memory, so it can only borrow from `self`: \
                 write `&{lifetime} mut self`, or omit the lifetime"
            ),
        );
    }
}

impl Output {
    /// Whether the result is or contains an `impl Trait`.
    pub(super) fn has_impl_trait(&self) -> bool {
        matches!(&self.declared, ReturnType::Type(_, declared) if find_impl(declared).is_some())
    }
}

/// The first `impl Trait` in the type.
pub(super) fn find_impl(ty: &Type) -> Option<TypeImplTrait> {
    let mut find = Find::default();
    find.visit_type(ty);
    find.impl_trait
}

fn find_dyn(ty: &Type) -> Option<TypeTraitObject> {
    let mut find = Find::default();
    find.visit_type(ty);
    find.trait_object
}

#[derive(Default)]
struct Find {
    impl_trait: Option<TypeImplTrait>,
    trait_object: Option<TypeTraitObject>,
}

impl<'ast> Visit<'ast> for Find {
    fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
        self.impl_trait.get_or_insert_with(|| ty.clone());
    }

    fn visit_type_trait_object(&mut self, ty: &'ast TypeTraitObject) {
        self.trait_object.get_or_insert_with(|| ty.clone());
        visit::visit_type_trait_object(self, ty);
    }
}
