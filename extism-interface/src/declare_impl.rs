//! How generated code makes an interface, whose structs may gain fields.

use std::{borrow::Cow, collections::BTreeMap};

use crate::{
    Argument, Encoding, Interface, Method, Role, Wire,
    probe::{MethodWires, Schemas},
    schema,
};

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
    Interface {
        format: crate::FORMAT,
        name: Cow::Borrowed(name),
        version: None,
        role: Role::Plugin,
        require_section: false,
        docs: Cow::Borrowed(docs),
        methods: Cow::Borrowed(methods),
        types: BTreeMap::new(),
        sent: BTreeMap::new(),
    }
}

/// Creates the [`Interface`] of a host's functions, which are imported from a namespace each.
#[must_use]
pub fn host_interface<const N: usize>(
    name: &'static str,
    docs: &'static str,
    methods: [(&'static str, Method); N],
) -> Interface {
    let methods =
        methods.into_iter().map(|(namespace, method)| Method { namespace: other_namespace(namespace), ..method });
    Interface { role: Role::Host, docs: Cow::Borrowed(docs), methods: methods.collect(), ..Interface::new(name) }
}

/// What the attribute of a host function knows of it.
#[derive(Clone, Debug)]
pub struct FunctionDeclaration {
    /// The function's name in Rust.
    pub name: &'static str,
    /// The documentation, one entry per line.
    pub docs: &'static str,
    /// The arguments that are values: their names, types, and what their bytes mean.
    pub arguments: Vec<(&'static str, &'static str, Wire)>,
    /// The type of the result.
    pub result: &'static str,
    /// What the result's bytes mean.
    pub output: Wire,
}

/// Creates a host function. `from_plugin` tells of each argument whether the plug-in passes it.
#[must_use]
pub fn host_function(
    namespace: &str,
    name: &str,
    declared: FunctionDeclaration,
    from_plugin: impl IntoIterator<Item = bool>,
) -> Method {
    let arguments = declared.arguments.into_iter().zip(from_plugin).filter(|(_, from_plugin)| *from_plugin);
    let arguments = arguments.map(|((name, ty, wire), _)| Argument { wire, ..argument(name, ty) });
    Method {
        name: declared.name.into(),
        namespace: other_namespace(namespace),
        docs: declared.docs.into(),
        arguments: arguments.collect(),
        result: declared.result.into(),
        output: declared.output,
        ..Method::new(name.to_owned())
    }
}

/// Creates the interface of single host functions, which share the schemas of their types.
#[must_use]
pub fn host_functions(name: &str, find: impl FnOnce(&mut Schemas) -> Vec<Method>) -> Interface {
    let mut schemas = Schemas::new();
    let methods = find(&mut schemas).into();
    let (types, sent) = schemas.finish();
    schema::without_equal(Interface {
        role: Role::Host,
        methods,
        types: types.into_iter().collect(),
        sent: sent.into_iter().collect(),
        ..Interface::new(name.to_owned())
    })
}

fn other_namespace(namespace: &str) -> Option<Cow<'static, str>> {
    (namespace != "extism:host/user").then(|| Cow::Owned(namespace.to_owned()))
}

/// Adds the methods of other interfaces before an interface's own, with their types.
#[must_use]
pub fn extend(interface: Interface, bases: &[&Interface]) -> Interface {
    let mut all = Interface { methods: Cow::Borrowed(&[]), types: BTreeMap::new(), sent: BTreeMap::new(), ..interface };
    let own = Interface {
        methods: interface.methods,
        types: interface.types,
        sent: interface.sent,
        ..Interface::new(all.name.clone())
    };
    for part in bases.iter().map(|base| (*base).clone()).chain([own]) {
        let part = schema::rename_types(part, &all);
        let methods = all.methods.to_mut();
        for method in part.methods.iter() {
            if !methods.contains(method) {
                methods.push(method.clone());
            }
        }
        all.types.extend(part.types);
        all.sent.extend(part.sent);
    }
    all
}

/// Creates a [`Method`].
#[must_use]
pub const fn method(method: MethodDeclaration) -> Method {
    Method {
        name: Cow::Borrowed(method.name),
        export: Cow::Borrowed(method.export),
        namespace: None,
        docs: Cow::Borrowed(method.docs),
        arguments: Cow::Borrowed(method.arguments),
        encoding: method.encoding,
        result: Cow::Borrowed(method.result),
        output: Wire { format: None, schema: None, sent: None },
        error: None,
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
    Argument { name: Cow::Borrowed(name), ty: Cow::Borrowed(ty), wire: Wire { format: None, schema: None, sent: None } }
}

/// Adds what is known of the types to an interface: its version, what `find` finds out about each method, in order, and
/// the schemas of the types.
#[must_use]
pub fn describe<const N: usize>(
    mut interface: Interface,
    version: Option<&'static str>,
    require_section: bool,
    find: impl FnOnce(&mut Schemas) -> [MethodWires; N],
) -> Interface {
    let mut schemas = Schemas::new();
    let wires = find(&mut schemas);
    interface.version = version.map(Cow::Borrowed);
    interface.require_section = require_section;
    for (method, MethodWires { arguments, output, error }) in interface.methods.to_mut().iter_mut().zip(wires) {
        for (argument, wire) in method.arguments.to_mut().iter_mut().zip(arguments) {
            argument.wire = wire;
        }
        method.output = output;
        method.error = error;
    }
    let (types, sent) = schemas.finish();
    schema::without_equal(Interface {
        types: types.into_iter().collect(),
        sent: sent.into_iter().collect(),
        ..interface
    })
}
