use syn::{Attribute, Type};

/// An argument of a host function.
pub(super) struct Argument {
    /// The conditions under which it exists.
    pub(super) cfgs: Vec<Attribute>,
    /// Its name, for errors; its place where it has none.
    pub(super) name: String,
    /// Where its value comes from.
    pub(super) kind: ArgumentKind,
}

pub(super) enum ArgumentKind {
    /// `&mut CurrentPlugin`; holds what is behind the reference.
    Exclusive(Type),
    /// Anything else: the traits of the runtime decide. Named lifetimes are replaced by `'_`.
    Taken(Type),
}
