use std::fmt;

use serde_json::{Map, Value, json};

use super::{
    limits::{capitalized, is_identifier},
    types::{Components, map},
    yaml,
};
use crate::{Description, Format, FormatKind, Interface, Method, Role, Wire, method::Encoding, text};

/// An XTP document, and what it lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Document {
    /// The document, in YAML.
    pub yaml: String,
    /// The functions that are left out, and what else is lost.
    pub omissions: Vec<Omission>,
}

/// Something that an XTP document cannot express.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Omission {
    /// The function.
    pub function: String,
    /// Whether the document lacks the function.
    pub left_out: bool,
    /// Why, and how to write it instead.
    pub reason: String,
}

impl fmt::Display for Omission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left_out = if self.left_out { "left out: " } else { "" };
        write!(f, "`{}`: {left_out}{}", text::name(&self.function), self.reason)
    }
}

/// Writes the interfaces as an XTP document (`v1-draft`). Functions that it cannot express are left out and listed.
#[must_use]
pub fn write(description: &Description) -> Document {
    let mut writer = Writer { components: Components::new(), omissions: Vec::new() };
    let exports = writer.functions(description, Role::Plugin);
    let imports = writer.functions(description, Role::Host);
    let mut document = map(json!({ "exports": exports }));
    if !imports.is_empty() {
        document.insert("imports".to_owned(), imports.into());
    }
    if !writer.components.schemas.is_empty() {
        document.insert("components".to_owned(), json!({ "schemas": writer.components.schemas }));
    }
    let mut yaml = "version: v1-draft\n".to_owned();
    for key in ["exports", "imports", "components"] {
        if let Some(value) = document.get(key) {
            yaml.push_str(&yaml::write(&json!({ key: value })));
        }
    }
    Document { yaml, omissions: writer.omissions }
}

struct Writer {
    components: Components,
    omissions: Vec<Omission>,
}

impl Writer {
    fn functions(&mut self, description: &Description, role: Role) -> Map<String, Value> {
        let mut functions = Map::new();
        for interface in description.with_role(role) {
            for method in interface.methods.iter() {
                // What a function that is left out has added is not used otherwise.
                let before = self.components.schemas.clone();
                match self.function(interface, method) {
                    Ok(function) => drop(functions.insert(method.export.to_string(), function.into())),
                    Err(reason) => {
                        self.components.schemas = before;
                        self.omit(method, true, reason);
                    }
                }
            }
        }
        functions
    }

    fn omit(&mut self, method: &Method, left_out: bool, reason: String) {
        self.omissions.push(Omission { function: method.export.to_string(), left_out, reason });
    }

    fn function(&mut self, interface: &Interface, method: &Method) -> Result<Map<String, Value>, String> {
        if !is_identifier(&method.export) {
            return Err(
                "the name: XTP's are letters, digits and `_`; `#[export(name = \"..\")]` sets another".to_owned()
            );
        }
        if method.namespace.is_some() {
            return Err("a namespace of its own: XTP knows only `extism:host/user`".to_owned());
        }
        let mut function = Map::new();
        if !method.docs.trim().is_empty() {
            function.insert("description".to_owned(), json!(text::docs(&method.docs)));
        }
        let input = self.input(interface, method)?;
        let hint = format!("{}Output", capitalized(&method.export));
        let output = self.parameter(&method.output, &hint, interface)?;
        for (key, parameter) in [("input", input), ("output", output)] {
            if let Some(parameter) = parameter {
                function.insert(key.to_owned(), parameter.into());
            }
        }
        if method.error.is_some() && interface.role == Role::Plugin {
            self.omit(
                method,
                false,
                "its error is a value, which XTP cannot describe: plug-ins give its text".to_owned(),
            );
        }
        Ok(function)
    }

    fn input(&mut self, interface: &Interface, method: &Method) -> Result<Option<Map<String, Value>>, String> {
        if interface.role == Role::Host {
            return match method.arguments.as_ref() {
                [] => Ok(None),
                [only] => {
                    let hint = format!("{}Input", capitalized(&method.export));
                    self.parameter(&only.wire, &hint, interface)
                }
                _ => Err("several arguments: let the function take one structure".to_owned()),
            };
        }
        match method.encoding {
            Encoding::Direct | Encoding::JsonObject => {}
            _ => {
                return Err(
                    "several arguments: send them as an object, by `#[export(args = \"json-object\")]`, or take one \
                            structure"
                        .to_owned(),
                );
            }
        }
        self.parameter(&method.input(), &format!("{}Input", capitalized(&method.export)), interface)
    }

    /// What bytes mean; `None` if there are none.
    fn parameter(
        &mut self,
        wire: &Wire,
        hint: &str,
        interface: &Interface,
    ) -> Result<Option<Map<String, Value>>, String> {
        let (content, typed) = match (wire.format.as_ref().map(Format::kind), &wire.schema) {
            (Some(FormatKind::None), _) => return Ok(None),
            (Some(FormatKind::Json), Some(schema)) => ("application/json", self.typed(schema, hint, interface)?),
            (Some(FormatKind::Json), None) => {
                return Err("JSON of a type that is not described: derive `schemars::JsonSchema`".to_owned());
            }
            (Some(FormatKind::Utf8), Some(schema)) => {
                ("text/plain; charset=utf-8", self.typed(schema, hint, interface)?)
            }
            (Some(FormatKind::Utf8), None) => ("text/plain; charset=utf-8", map(json!({ "type": "string" }))),
            (Some(FormatKind::Bytes), _) => ("application/x-binary", map(json!({ "type": "buffer" }))),
            (Some(FormatKind::Result(_)), _) => {
                return Err("a `Result` as a value: let the function return a structure, or fail".to_owned());
            }
            (Some(_), _) => {
                let format = wire.format.as_ref().map(ToString::to_string).unwrap_or_default();
                return Err(format!("the format `{format}`: XTP has JSON, text and bytes; write `Json<..>`"));
            }
            (None, _) => return Err("a type whose bytes are not described".to_owned()),
        };
        let mut parameter = typed;
        parameter.insert("contentType".to_owned(), json!(content));
        Ok(Some(parameter))
    }

    fn typed(&mut self, schema: &Value, hint: &str, interface: &Interface) -> Result<Map<String, Value>, String> {
        self.components.typed(schema, hint, interface)
    }
}
