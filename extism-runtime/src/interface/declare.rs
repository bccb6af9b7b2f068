//! The constructors that generated code uses for the data of an interface, since its structs may gain fields;
//! part of `__private`.

use std::borrow::Cow;

use super::{Argument, Encoding, Interface, Method};

/// A [`Method`] as generated code declares it.
#[derive(Clone, Copy, Debug)]
pub struct MethodDeclaration {
    /// The method's name in Rust.
    pub name: &'static str,
    /// The name of the plug-in's export.
    pub export: &'static str,
    /// The documentation, one entry per line.
    pub docs: &'static str,
    /// The arguments, without `self`.
    pub arguments: &'static [Argument],
    /// How the arguments are encoded.
    pub encoding: Encoding,
    /// The type that the plug-in returns.
    pub result: &'static str,
    /// The codec that the attribute sets.
    pub codec: Option<&'static str>,
    /// Whether the plug-in may lack the export.
    pub optional: bool,
}

/// Creates an [`Interface`] without bases.
#[must_use]
pub const fn interface(name: &'static str, docs: &'static str, methods: &'static [Method]) -> Interface {
    Interface { name: Cow::Borrowed(name), docs: Cow::Borrowed(docs), methods: Cow::Borrowed(methods) }
}

/// Adds the methods of other interfaces before an interface's own.
#[must_use]
pub fn extend(interface: Interface, bases: &[&'static Interface]) -> Interface {
    let mut methods: Vec<Method> = Vec::new();
    for method in bases.iter().flat_map(|base| base.methods.iter()).chain(interface.methods.iter()) {
        if !methods.contains(method) {
            methods.push(method.clone());
        }
    }
    Interface { methods: Cow::Owned(methods), ..interface }
}

/// Creates a [`Method`].
#[must_use]
pub const fn method(method: MethodDeclaration) -> Method {
    Method {
        name: Cow::Borrowed(method.name),
        export: Cow::Borrowed(method.export),
        docs: Cow::Borrowed(method.docs),
        arguments: Cow::Borrowed(method.arguments),
        encoding: method.encoding,
        result: Cow::Borrowed(method.result),
        codec: match method.codec {
            Some(codec) => Some(Cow::Borrowed(codec)),
            None => None,
        },
        optional: method.optional,
    }
}

/// Creates an [`Argument`].
#[must_use]
pub const fn argument(name: &'static str, ty: &'static str) -> Argument {
    Argument { name: Cow::Borrowed(name), ty: Cow::Borrowed(ty) }
}
