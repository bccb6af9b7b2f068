//! The model of a host function. Later stages do not look at attributes or signatures again.

use proc_macro2::Span;
use syn::{Attribute, Generics, Ident, Path, Token, Type, Visibility};

/// A function with `#[host_fn]`.
pub(super) struct ListedFunction {
    pub(super) function: Function,
    /// The function's visibility.
    pub(super) visibility: Visibility,
    /// A number that no other function of the program has.
    pub(super) id: u64,
    /// Whether it has no mistakes. If it has some, its code is never run.
    pub(super) valid: bool,
}

/// The host functions of an `impl` block.
pub(super) struct FunctionSet {
    /// The path of the runtime.
    pub(super) runtime: Path,
    /// The block's type and generics.
    pub(super) ty: Type,
    pub(super) generics: Generics,
    /// The number of this block among the type's blocks with host functions, with its span; `None` for the first.
    pub(super) part: Option<(usize, Span)>,
    /// Whether the type borrows from something, so that its values cannot provide host functions.
    pub(super) borrows: bool,
    pub(super) functions: Vec<Function>,
    /// Whether there are no mistakes. If there are some, the functions' code is never run.
    pub(super) valid: bool,
}

/// A host function.
pub(super) struct Function {
    /// The Rust function's name.
    pub(super) ident: Ident,
    /// The `async` of a function that returns a future.
    pub(super) asyncness: Option<Token![async]>,
    /// The conditions under which it exists.
    pub(super) cfgs: Vec<Attribute>,
    /// The name that plug-ins import.
    pub(super) name: String,
    /// The namespace that they import it from.
    pub(super) namespace: String,
    /// The permission that they need to import it.
    pub(super) permission: Option<String>,
    /// The path of the runtime.
    pub(super) runtime: Path,
    /// The arguments, without `&self`.
    pub(super) arguments: Vec<Argument>,
    /// The result's type; `()` if there is no result.
    pub(super) result: Type,
}

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
