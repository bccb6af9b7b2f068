//! The model of a host function. Later stages do not look at attributes or signatures again.

use proc_macro2::Span;
use syn::{Attribute, Generics, Ident, Path, Token, Type, Visibility};

use crate::common::Received;

/// A function with `#[host_fn]`.
pub(crate) struct ListedFunction {
    pub(crate) function: Function,
    /// The function's visibility.
    pub(crate) visibility: Visibility,
    /// A number that no other function of the program has.
    pub(crate) id: u64,
    /// Whether it has no mistakes. If it has some, its code is never run.
    pub(crate) valid: bool,
}

/// The host functions of an `impl` block.
pub(crate) struct FunctionSet {
    /// The path of the runtime.
    pub(crate) runtime: Path,
    /// The block's type and generics.
    pub(crate) ty: Type,
    pub(crate) generics: Generics,
    /// The number of this block among the type's blocks with host functions, with its span; `None` for the first.
    pub(crate) part: Option<(usize, Span)>,
    /// Whether the type borrows from something, so that its values cannot provide host functions.
    pub(crate) borrows: bool,
    /// The trait whose methods they are, and the parameter that implements it; else they are the type's own.
    pub(crate) of_trait: Option<(Ident, Ident)>,
    /// The function that says what is known of the functions' types.
    pub(crate) described: Option<proc_macro2::TokenStream>,
    /// Whether there are no mistakes. If there are some, the functions' code is never run.
    pub(crate) valid: bool,
}

/// A host function.
pub(crate) struct Function {
    /// The Rust function's name.
    pub(crate) ident: Ident,
    /// The `async` of a function that returns a future.
    pub(crate) asyncness: Option<Token![async]>,
    /// The conditions under which it exists.
    pub(crate) cfgs: Vec<Attribute>,
    /// The name that plug-ins import.
    pub(crate) name: String,
    /// The namespace that they import it from.
    pub(crate) namespace: String,
    /// The permission that they need to import it.
    pub(crate) permission: Option<String>,
    /// The path of the runtime.
    pub(crate) runtime: Path,
    /// The codec of types that name none.
    pub(crate) codec: Option<Path>,
    /// The documentation, one entry per line.
    pub(crate) docs: String,
    /// The arguments, without `&self`.
    pub(crate) arguments: Vec<Argument>,
    /// The type of the result as written; for a `Result` its `Ok` type.
    pub(crate) result_text: String,
    /// The type that is written as the result; `()` if there is no result.
    pub(crate) result: Type,
    /// How the function's result becomes it.
    pub(crate) written: Written,
}

/// How a function's result becomes what is written.
pub(crate) enum Written {
    /// It is written itself.
    AsIs,
    /// In a codec.
    In(Path),
    /// In a codec, if it is not an error.
    OkIn(Path),
    /// A `Result` that crosses as a value, with its `Ok` in a codec.
    Crossing(Option<Path>),
}

/// An argument of a host function.
pub(crate) struct Argument {
    /// The conditions under which it exists.
    pub(crate) cfgs: Vec<Attribute>,
    /// Its name, for errors, or its position if it has no name.
    pub(crate) name: String,
    /// Its type as written.
    pub(crate) text: String,
    /// Where its value comes from.
    pub(crate) kind: ArgumentKind,
}

pub(crate) enum ArgumentKind {
    /// `&mut CurrentPlugin`; holds the referenced type.
    Exclusive(Type),
    /// Any other type, which the runtime's traits handle. Named lifetimes are replaced by `'_`.
    Taken(Received),
}
