//! What `#[plugin_interface]` declares, as data.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The exports that a `#[plugin_interface]` trait declares, as data for tools; returned by
/// [`PluginInterface::interface`](crate::PluginInterface::interface).
///
/// In JSON, the fields have the same names as here, except that [`Argument::ty`] is `type`. A method requires only
/// `export`, so that a list of exports can be written by hand:
///
/// ```json
/// { "name": "VowelCounter", "methods": [{ "export": "count_vowels" }] }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Interface {
    /// The trait's name.
    pub name: Cow<'static, str>,
    /// The trait's documentation, one entry per line.
    #[serde(default)]
    pub docs: Cow<'static, str>,
    /// The methods, in the trait's order.
    pub methods: Cow<'static, [Method]>,
}

/// A method of an [`Interface`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Method {
    /// The method's name in Rust; empty if the interface was written by hand without it.
    #[serde(default)]
    pub name: Cow<'static, str>,
    /// The name of the plug-in's export.
    pub export: Cow<'static, str>,
    /// The method's documentation, one entry per line.
    #[serde(default)]
    pub docs: Cow<'static, str>,
    /// The arguments, without `self`.
    #[serde(default)]
    pub arguments: Cow<'static, [Argument]>,
    /// How the arguments are encoded as the plug-in's input.
    #[serde(default)]
    pub encoding: Encoding,
    /// The type that the plug-in returns, as written in the trait; for a `Result` its `Ok` type.
    #[serde(default = "unit")]
    pub result: Cow<'static, str>,
    /// The codec that the attribute's `codec = ..` sets for the argument and the result; `None` if their types
    /// determine it.
    #[serde(default)]
    pub codec: Option<Cow<'static, str>>,
    /// Whether the plug-in may lack the export, because it is `optional` or has a default body.
    #[serde(default)]
    pub optional: bool,
}

/// An argument of a [`Method`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Argument {
    /// The argument's name.
    pub name: Cow<'static, str>,
    /// The argument's type as written in the trait; `type` in JSON.
    #[serde(rename = "type")]
    pub ty: Cow<'static, str>,
}

/// How a [`Method`]'s arguments are encoded as the plug-in's input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Encoding {
    /// No argument: no bytes. One argument: its own codec. `direct` in JSON.
    #[default]
    Direct,
    /// A JSON array of the arguments. `json-array` in JSON.
    JsonArray,
    /// A JSON object with the arguments' names as keys. `json-object` in JSON.
    JsonObject,
    /// A MessagePack array of the arguments. `msgpack` in JSON.
    Msgpack,
}

impl Interface {
    /// Returns each export's name, and whether it may be missing.
    pub(crate) fn wanted(&self) -> Vec<(&str, bool)> {
        self.methods.iter().map(|Method { export, optional, .. }| (&**export, *optional)).collect()
    }
}

fn unit() -> Cow<'static, str> {
    Cow::Borrowed("()")
}

#[doc(hidden)]
impl Interface {
    /// For generated code, as the struct may gain fields.
    #[must_use]
    pub const fn declared(name: &'static str, docs: &'static str, methods: &'static [Method]) -> Self {
        Self { name: Cow::Borrowed(name), docs: Cow::Borrowed(docs), methods: Cow::Borrowed(methods) }
    }

    /// For generated code: adds the methods of other interfaces before its own.
    #[must_use]
    pub fn extending(self, bases: &[&'static Self]) -> Self {
        let mut methods: Vec<Method> = Vec::new();
        for method in bases.iter().flat_map(|base| base.methods.iter()).chain(self.methods.iter()) {
            if !methods.contains(method) {
                methods.push(method.clone());
            }
        }
        Self { methods: Cow::Owned(methods), ..self }
    }
}

/// A [`Method`] as generated code declares it.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct MethodDeclaration {
    pub name: &'static str,
    pub export: &'static str,
    pub docs: &'static str,
    pub arguments: &'static [Argument],
    pub encoding: Encoding,
    pub result: &'static str,
    pub codec: Option<&'static str>,
    pub optional: bool,
}

#[doc(hidden)]
impl Method {
    /// For generated code, as the struct may gain fields.
    #[must_use]
    pub const fn declared(method: MethodDeclaration) -> Self {
        Self {
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
}

#[doc(hidden)]
impl Argument {
    /// For generated code.
    #[must_use]
    pub const fn declared(name: &'static str, ty: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), ty: Cow::Borrowed(ty) }
    }
}
