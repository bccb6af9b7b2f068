use proc_macro2::Span;
use syn::{
    Lifetime, Type, TypeFnPtr, TypeReference, TypeTraitObject,
    visit_mut::{self, VisitMut},
};

/// The lifetimes that appear in a type.
#[derive(Default)]
pub(crate) struct LifetimeUse {
    /// A reference without a lifetime, or `'_`.
    pub(crate) elided: bool,
    /// The named lifetimes, except `'static`.
    pub(crate) named: Vec<Lifetime>,
    /// The first `'static`.
    pub(crate) fixed: Option<Span>,
}

impl LifetimeUse {
    /// Whether values of the type borrow from something, as far as its tokens show.
    pub(crate) fn borrows(&self) -> bool {
        self.elided || !self.named.is_empty()
    }
}

/// Finds the lifetimes in a type, except those in `fn` pointers and `dyn` bounds, which the value itself does not
/// borrow.
pub(crate) fn lifetime_use(ty: &Type) -> LifetimeUse {
    let mut found = LifetimeUse::default();
    found.visit_type_mut(&mut ty.clone());
    found
}

impl VisitMut for LifetimeUse {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        match lifetime.ident.to_string().as_str() {
            "static" => {
                self.fixed.get_or_insert(lifetime.span());
            }
            "_" => self.elided = true,
            _ => self.named.push(lifetime.clone()),
        }
    }

    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        self.elided |= reference.lifetime.is_none();
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_type_fn_ptr_mut(&mut self, _: &mut TypeFnPtr) {}

    fn visit_type_trait_object_mut(&mut self, _: &mut TypeTraitObject) {}
}

/// Replaces each named lifetime by `'_`, so that the type can be written outside of the item that declares them.
pub(crate) fn anonymous(ty: &Type) -> Type {
    let mut ty = ty.clone();
    Anonymous.visit_type_mut(&mut ty);
    ty
}

struct Anonymous;

impl VisitMut for Anonymous {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident != "static" {
            *lifetime = Lifetime::new("'_", lifetime.span());
        }
    }

    fn visit_type_fn_ptr_mut(&mut self, pointer: &mut TypeFnPtr) {
        if pointer.lifetimes.is_none() {
            visit_mut::visit_type_fn_ptr_mut(self, pointer);
        }
    }
}
