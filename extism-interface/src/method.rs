//! The functions of an interface.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Format;

/// A function of an [`Interface`](crate::Interface): an export of the plug-in or, in an interface with
/// [`Role::Host`](crate::Role::Host), a host function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Method {
    /// The method's name in Rust; empty if the interface was written by hand without it.
    #[serde(default)]
    pub name: Cow<'static, str>,
    /// The name of the plug-in's export, or of the host function.
    pub export: Cow<'static, str>,
    /// The namespace of a host function; `None` for `extism:host/user`, and for exports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Cow<'static, str>>,
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
    /// What the result's bytes mean.
    #[serde(default, skip_serializing_if = "Wire::is_unknown")]
    pub output: Wire,
    /// The error that is returned as a value, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorType>,
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
    #[serde(rename = "type", default)]
    pub ty: Cow<'static, str>,
    /// What its bytes mean. Among several arguments, only the schema is there: they share one format.
    #[serde(default, skip_serializing_if = "Wire::is_unknown")]
    pub wire: Wire,
}

/// What bytes mean: their format and, for JSON and MessagePack, the schema of the value in them. What is not known is
/// left out, and is not compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Wire {
    /// The format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The JSON Schema of the values that are read. References are `#/$defs/NAME`, into
    /// [`Interface::types`](crate::Interface::types).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// The JSON Schema of the values that are written, if it is another: what has a default may be absent when it is
    /// read, but is always written. References are `#/sent/NAME`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Value>,
}

/// An error that is returned as a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ErrorType {
    /// The type as written in the trait; `type` in JSON.
    #[serde(rename = "type", default)]
    pub ty: Cow<'static, str>,
    /// What the bytes of the error mean.
    #[serde(default, skip_serializing_if = "Wire::is_unknown")]
    pub wire: Wire,
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

fn unit() -> Cow<'static, str> {
    Cow::Borrowed("()")
}

impl Wire {
    /// Creates a wire of a format, whose values have this schema.
    #[must_use]
    pub fn new(format: Format, schema: Option<Value>) -> Self {
        Self { format: Some(format), schema, sent: None }
    }

    /// Whether nothing is known about the bytes.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }

    /// The schema of the values that are written.
    pub(crate) fn written(&self) -> Option<&Value> {
        self.sent.as_ref().or(self.schema.as_ref())
    }
}

impl Argument {
    /// Creates an argument of which nothing but its name and type is known.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, ty: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), ty: ty.into(), wire: Wire::default() }
    }
}

impl Method {
    /// Creates a method that takes and returns nothing.
    #[must_use]
    pub fn new(export: impl Into<Cow<'static, str>>) -> Self {
        let export = export.into();
        Self {
            name: export.clone(),
            export,
            namespace: None,
            docs: Cow::Borrowed(""),
            arguments: Cow::Borrowed(&[]),
            encoding: Encoding::Direct,
            result: unit(),
            output: Wire::new(Format::NONE, None),
            error: None,
            codec: None,
            optional: false,
        }
    }

    /// Returns what the bytes of the input mean, made of the arguments and their encoding.
    #[must_use]
    pub fn input(&self) -> Wire {
        match (self.encoding, self.arguments.as_ref()) {
            // A list of names, as it is written by hand.
            (Encoding::Direct, []) if self.output.is_unknown() => Wire::default(),
            (Encoding::Direct, []) => Wire::new(Format::NONE, None),
            (Encoding::Direct, [only]) => only.wire.clone(),
            // Written by hand: `direct` stands for several arguments nowhere else.
            (Encoding::Direct, _) => Wire::default(),
            (Encoding::JsonArray, _) => self.together(Format::JSON, array),
            (Encoding::Msgpack, _) => self.together(Format::MSGPACK, array),
            (Encoding::JsonObject, _) => self.together(Format::JSON, object),
        }
    }

    /// Several arguments as one value. The schema of an argument that has none allows everything.
    fn together(&self, format: Format, together: fn(&[Argument], Vec<Value>) -> Value) -> Wire {
        let arguments = &*self.arguments;
        let schemas = |of: fn(&Wire) -> Option<&Value>| -> Vec<Value> {
            arguments.iter().map(|argument| of(&argument.wire).cloned().unwrap_or_else(unknown)).collect()
        };
        if arguments.iter().all(|argument| argument.wire.schema.is_none()) && !arguments.is_empty() {
            return Wire { format: Some(format), schema: Some(together(arguments, schemas(|_| None))), sent: None };
        }
        let schema = together(arguments, schemas(|wire| wire.schema.as_ref()));
        let sent = together(arguments, schemas(Wire::written));
        Wire { format: Some(format), sent: (sent != schema).then_some(sent), schema: Some(schema) }
    }
}

/// The schema of what is not described: it is compared with nothing.
pub(crate) fn unknown() -> Value {
    json!({ UNKNOWN: true })
}

/// The keyword of schemas of what is not described.
pub(crate) const UNKNOWN: &str = "x-extism-unknown";

#[allow(clippy::needless_pass_by_value, reason = "as `object`, which keeps them")]
fn array(arguments: &[Argument], schemas: Vec<Value>) -> Value {
    json!({ "type": "array", "prefixItems": schemas, "minItems": arguments.len(), "maxItems": arguments.len() })
}

fn object(arguments: &[Argument], schemas: Vec<Value>) -> Value {
    let names: Vec<&str> = arguments.iter().map(|argument| &*argument.name).collect();
    let properties: Map<String, Value> = names.iter().map(|name| (*name).to_owned()).zip(schemas).collect();
    json!({ "type": "object", "properties": properties, "required": names })
}
