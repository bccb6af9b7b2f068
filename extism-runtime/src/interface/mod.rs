//! The declarations of a `#[plugin_interface]` trait, as data.

pub(crate) mod declare;

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
