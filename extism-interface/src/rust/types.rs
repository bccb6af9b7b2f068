//! Types of Rust for JSON Schemas.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{both::Both, docs, names::unused_type_name};
use crate::{
    Interface,
    schema::{Additional, Alternative, Alternatives, Kinds, Types},
};

/// How deeply types may be nested that have no names of their own.
const DEPTH: usize = 30;
/// Names that the module has anyway, or that every module has.
const TAKEN: [&str; 11] = [
    "Json",
    "JsonSchema",
    "Deserialize",
    "Serialize",
    "PluginError",
    "Error",
    "Option",
    "Result",
    "Vec",
    "String",
    "Box",
];

/// The types of a module, as they are found.
pub(super) struct RustTypes {
    definitions: Vec<String>,
    /// The names of types that were found, by what they are.
    known: BTreeMap<Key, String>,
    /// The types that are being written.
    open: Vec<Key>,
    /// The names of types and traits.
    taken: Vec<String>,
    /// The names of functions.
    functions: Vec<String>,
    depth: usize,
}

/// What tells types from each other: what they are for, their names in the interface, and the texts of their schemas.
type Key = (Purpose, String, String);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    Value,
    Error,
}

/// The type of a value of which nothing is known.
pub(super) fn any() -> String {
    "serde_json::Value".to_owned()
}

pub(super) fn is_number(name: &str) -> bool {
    let numbers = ["u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128", "f32", "f64", "bool"];
    numbers.contains(&name)
}

impl RustTypes {
    /// `names` are those of the traits and of what their macros add.
    pub(super) fn new(names: Vec<String>) -> Self {
        let mut taken = names;
        taken.extend(TAKEN.map(str::to_owned));
        let (definitions, open, functions) = (Vec::new(), Vec::new(), Vec::new());
        Self { definitions, known: BTreeMap::new(), open, taken, functions, depth: 0 }
    }

    pub(super) fn finish(self) -> Vec<String> {
        self.definitions
    }

    pub(super) fn define(&mut self, definition: String) {
        self.definitions.push(definition);
    }

    pub(super) fn functions(&mut self) -> &mut Vec<String> {
        &mut self.functions
    }

    /// A name for a type that no other has.
    pub(super) fn unused(&mut self, name: &str) -> String {
        unused_type_name(name, &mut self.taken)
    }

    /// The name of a type, which `define` writes if it is not known yet.
    pub(super) fn named(
        &mut self,
        purpose: Purpose,
        name: &str,
        schema: Both<'_>,
        define: impl FnOnce(&mut Self, &str),
    ) -> String {
        let key = (purpose, name.to_owned(), format!("{}{}", schema.read, schema.sent));
        if let Some(known) = self.known.get(&key) {
            // A type contains itself only behind a pointer.
            return if self.open.contains(&key) { format!("Box<{known}>") } else { known.clone() };
        }
        let rust = self.unused(name);
        self.known.insert(key.clone(), rust.clone());
        self.open.push(key);
        define(self, &rust);
        self.open.pop();
        rust
    }

    /// The type that a schema describes. `hint` names one that has no name.
    pub(super) fn of(&mut self, schema: Both<'_>, hint: &str, interface: &Interface) -> String {
        self.depth += 1;
        let ty = if self.depth > DEPTH { any() } else { self.nested(schema, hint, interface) };
        self.depth -= 1;
        ty
    }

    fn nested(&mut self, schema: Both<'_>, hint: &str, interface: &Interface) -> String {
        if schema.read.get("$ref").is_some() {
            let Some((name, target)) = schema.target(interface) else { return any() };
            return self.named(Purpose::Value, name, target, |types, rust| {
                let definition = types.definition(target, name, rust, interface);
                types.define(docs(target.about(), "") + &definition);
            });
        }
        if let Some([one, null]) = schema.list("anyOf").as_deref()
            && null.is_null()
        {
            return format!("Option<{}>", self.of(*one, hint, interface));
        }
        if let Some(ty) = self.unnamed_enum(schema, hint, interface) {
            return ty;
        }
        let forms = Alternatives::of(schema.read, Types::of(interface)).all;
        let [form] = forms.as_slice() else { return any() };
        let nullable = form.kinds.has(Kinds::NULL) && form.kinds != Kinds::ALL && form.kinds != Kinds::NULL;
        let mut form = form.clone();
        if nullable {
            form.kinds = form.kinds.without(Kinds::NULL);
        }
        let ty = self.form(schema, &form, hint, interface);
        if nullable { format!("Option<{ty}>") } else { ty }
    }

    fn form(&mut self, schema: Both<'_>, form: &Alternative<'_>, hint: &str, interface: &Interface) -> String {
        match form.kinds {
            _ if form.unknown || form.kinds == Kinds::ALL => any(),
            Kinds::NULL => "()".to_owned(),
            Kinds::BOOLEAN => "bool".to_owned(),
            Kinds::INTEGER => integer(form.format),
            Kinds::STRING if form.values.is_some() => self.choice(form, hint, interface).unwrap_or_else(any),
            Kinds::STRING if is_char(schema.read) => "char".to_owned(),
            Kinds::STRING => "String".to_owned(),
            Kinds::ARRAY if !form.prefix.is_empty() => {
                let elements = schema.list("prefixItems").unwrap_or_default();
                let elements: Vec<_> = elements.into_iter().map(|one| self.of(one, hint, interface)).collect();
                match elements.as_slice() {
                    [] => any(),
                    [only] => format!("({only},)"),
                    several => format!("({})", several.join(", ")),
                }
            }
            Kinds::ARRAY => {
                let items = schema.get("items").filter(|_| form.items.is_some());
                let items = items.map_or_else(any, |items| self.of(items, hint, interface));
                match (form.min_items, form.max_items) {
                    (Some(least), Some(most)) if least == most && (1..=32).contains(&most) => {
                        format!("[{items}; {most}]")
                    }
                    _ => format!("Vec<{items}>"),
                }
            }
            Kinds::OBJECT => self.object(schema, form, hint, interface),
            _ if form.kinds.has(Kinds::FRACTION) && !form.kinds.has(Kinds::STRING) => {
                if form.format == Some("float") { "f32" } else { "f64" }.to_owned()
            }
            _ => any(),
        }
    }

    fn object(&mut self, schema: Both<'_>, form: &Alternative<'_>, hint: &str, interface: &Interface) -> String {
        const MAP: &str = "std::collections::BTreeMap";

        if let Some((pattern, values)) = form.pattern.filter(|_| form.fields.is_empty()) {
            let key = match pattern {
                "^\\d+$" => "u64",
                "^-?\\d+$" => "i64",
                _ => return any(),
            };
            let values = schema.part("patternProperties", pattern, values);
            return format!("{MAP}<{key}, {}>", self.of(values, hint, interface));
        }
        match (form.fields.is_empty(), form.additional) {
            (true, Additional::Values(values)) if !values.is_boolean() => {
                let values = schema.get("additionalProperties").unwrap_or(Both { read: values, sent: values });
                format!("{MAP}<String, {}>", self.of(values, hint, interface))
            }
            (true, _) => "serde_json::Map<String, serde_json::Value>".to_owned(),
            (false, _) => {
                let name = self.unused(hint);
                match self.structure(schema, &name, "", interface) {
                    Some(definition) => {
                        self.define(definition);
                        name
                    }
                    None => any(),
                }
            }
        }
    }
}

/// Whether a text is a single character.
fn is_char(schema: &Value) -> bool {
    ["minLength", "maxLength"].iter().all(|key| schema.get(key).is_some_and(|length| *length == 1))
}

fn integer(format: Option<&str>) -> String {
    let ty = match format {
        Some("uint") => "usize".to_owned(),
        Some("int") => "isize".to_owned(),
        Some(format) => format.replace("uint", "u").replace("int", "i"),
        None => String::new(),
    };
    let known = ty.ends_with("size") || (is_number(&ty) && !ty.starts_with(['f', 'b']));
    if known { ty } else { "i64".to_owned() }
}
