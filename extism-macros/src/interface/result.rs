//! The rules for a method's result.

use syn::{
    Receiver, ReceiverKind, ReturnType, Type, TypeImplTrait, TypeTraitObject,
    visit_mut::{self, VisitMut},
};

use super::{model::Access, output::Output};
use crate::common::{Errors, FUTURE, is_future, lifetime_use, owned_form};

/// Reports a result that cannot be decoded from the plug-in's output.
pub(super) fn check(output: &Output, receiver: &Receiver, access: Option<Access>, errors: &mut Errors) {
    if let Some(error) = not_concrete(output) {
        return errors.push(error);
    }
    if let Some(ok) = output.ok.as_ref().filter(|_| access != Some(Access::Shared)) {
        check_borrows(ok, receiver, errors);
    }
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

/// Reports a result that borrows, of a method whose instance returns to a pool.
pub(super) fn check_owned(output: &Output, errors: &mut Errors) {
    let Some(ok) = output.ok.as_ref().filter(|_| not_concrete(output).is_none()) else { return };
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

/// Reports a result that borrows from anything but the plug-in.
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
    find.visit_type_mut(&mut ty.clone());
    find.impl_trait
}

fn find_dyn(ty: &Type) -> Option<TypeTraitObject> {
    let mut find = Find::default();
    find.visit_type_mut(&mut ty.clone());
    find.trait_object
}

#[derive(Default)]
struct Find {
    impl_trait: Option<TypeImplTrait>,
    trait_object: Option<TypeTraitObject>,
}

impl VisitMut for Find {
    fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
        self.impl_trait.get_or_insert_with(|| ty.clone());
    }

    fn visit_type_trait_object_mut(&mut self, ty: &mut TypeTraitObject) {
        self.trait_object.get_or_insert_with(|| ty.clone());
        visit_mut::visit_type_trait_object_mut(self, ty);
    }
}
