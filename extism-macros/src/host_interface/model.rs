//! The model of a host's interface. Later stages do not look at attributes again.

use syn::{Attribute, Ident, ItemTrait, Path, Receiver, TraitItem, Type};

use crate::{common::FilePath, host_fn::model::Function};

/// A trait whose methods are functions of the host.
pub(super) struct HostInterface {
    /// The path of the runtime.
    pub(super) runtime: Path,
    /// The trait without helper attributes.
    pub(super) item: ItemTrait,
    /// The type that makes host functions of an implementation.
    pub(super) functions: Ident,
    /// The interface's version; `None` for that of the package.
    pub(super) version: Option<syn::LitStr>,
    /// The file that describes the interface.
    pub(super) description: Option<FilePath>,
    /// The methods, in the trait's order.
    pub(super) methods: Vec<HostMethod>,
    /// Whether there are no mistakes.
    pub(super) valid: bool,
}

/// A method.
pub(super) struct HostMethod {
    /// What the host registers and the plug-in imports.
    pub(super) function: Function,
    /// `&self`, with its original tokens.
    pub(super) receiver: Receiver,
    /// The names and types of the arguments, as written.
    pub(super) arguments: Vec<(Ident, Type)>,
    /// What the method returns.
    pub(super) answer: HostAnswer,
}

/// What a method returns.
pub(super) enum HostAnswer {
    /// Nothing.
    Nothing,
    /// A value.
    Value(Box<Type>),
    /// A `Result` with these types, which crosses as a value.
    Result(Box<(Type, Type)>),
}

impl HostInterface {
    /// The attributes of a method of the trait.
    pub(super) fn attributes(&self, method: &HostMethod) -> &[Attribute] {
        let items = self.item.items.iter().find_map(|item| match item {
            TraitItem::Fn(item) if item.sig.ident == method.function.ident => Some(item.attrs.as_slice()),
            _ => None,
        });
        items.unwrap_or_default()
    }
}
