use syn::{Attribute, Type};

/// An argument of a host function.
pub(super) struct Argument {
    /// The conditions under which it exists.
    pub(super) cfgs: Vec<Attribute>,
    /// Its name, for errors, or its position if it has no name.
    pub(super) name: String,
    /// Where its value comes from.
    pub(super) kind: ArgumentKind,
}

pub(super) enum ArgumentKind {
    /// `&mut CurrentPlugin`; holds the referenced type.
    Exclusive(Type),
    /// Any other type, which the runtime's traits handle. Named lifetimes are replaced by `'_`.
    Taken(Type),
}
