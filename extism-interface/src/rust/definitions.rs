//! The items that types of Rust are defined by.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    both::Both,
    shape::Shape,
    structures::{Owner, extras},
    types::{RustTypes, any},
};
use crate::{
    Interface,
    schema::{Additional, Alternative, Alternatives, Kinds, Types},
};

impl RustTypes {
    /// An enum that has no name in the interface, as a type of its own.
    pub(super) fn unnamed_enum(&mut self, schema: Both<'_>, hint: &str, interface: &Interface) -> Option<String> {
        let shape = Shape::of(schema)?;
        let name = self.unused(hint);
        let definition = self.enumeration(&shape, &name, "", interface)?;
        self.define(definition);
        Some(name)
    }

    /// What a type with a name is.
    pub(super) fn definition(&mut self, schema: Both<'_>, name: &str, rust: &str, interface: &Interface) -> String {
        let rename = if rust == name { String::new() } else { format!("#[serde(rename = {name:?})]\n") };
        if let Some(shape) = Shape::of(schema)
            && let Some(definition) = self.enumeration(&shape, rust, &rename, interface)
        {
            return definition;
        }
        let forms = Alternatives::of(schema.read, Types::of(interface)).all;
        match forms.as_slice() {
            [form] if form.kinds == Kinds::OBJECT && (!form.fields.is_empty() || says_nothing(form)) => {
                if let Some(definition) = self.structure(schema, rust, &rename, interface) {
                    return definition;
                }
            }
            [form] if form.kinds == Kinds::NULL => return format!("{}{rename}pub struct {rust};\n", derives(true)),
            _ => {}
        }
        let ty = self.of(schema, name, interface);
        if ty == any() {
            return format!("pub type {rust} = {ty};\n");
        }
        let extras = extras(schema.read, &ty).into_iter().map(|extra| format!("#[schemars({extra})]\n"));
        let extras = extras.collect::<Vec<_>>().concat();
        // A tuple becomes the fields of a structure, anything else its only one.
        let fields = ty.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')).filter(|_| is_tuple(schema.read));
        let fields = fields.map_or_else(
            || format!("pub {ty}"),
            |inside| {
                let elements = split(inside).into_iter().map(|element| format!("pub {element}"));
                elements.collect::<Vec<_>>().join(", ")
            },
        );
        format!("{}{rename}{extras}pub struct {rust}({fields});\n", derives(false))
    }

    /// One of several texts, if they are that.
    pub(super) fn choice(&mut self, form: &Alternative<'_>, hint: &str, interface: &Interface) -> Option<String> {
        let values = form.values.iter().flatten().filter(|value| !value.is_null());
        let shape = Shape::of_names(values.map(|value| value.as_str()).collect::<Option<_>>()?)?;
        let name = self.unused(hint);
        let definition = self.enumeration(&shape, &name, "", interface)?;
        self.define(definition);
        Some(name)
    }

    pub(super) fn structure(
        &mut self,
        schema: Both<'_>,
        name: &str,
        attributes: &str,
        interface: &Interface,
    ) -> Option<String> {
        let fields = self.fields(schema, &Owner { name, without: None, variant: false }, interface)?;
        let mut head = derives(false) + attributes;
        if fields.strict {
            head.push_str("#[serde(deny_unknown_fields)]\n");
        }
        if let Some(required) = fields.required {
            let _ = writeln!(head, "#[schemars(extend(\"required\" = {required:?}))]");
        }
        let fields = if fields.text.is_empty() { String::new() } else { format!("\n{}", fields.text) };
        Some(format!("{head}pub struct {name} {{{fields}}}\n"))
    }

    pub(super) fn enumeration(
        &mut self,
        shape: &Shape<'_>,
        name: &str,
        attributes: &str,
        interface: &Interface,
    ) -> Option<String> {
        let written = self.variants(shape, name, &mut Vec::new(), interface)?;
        let (derives, variants) = (derives(written.plain), written.variants);
        Some(format!("{derives}{attributes}{}pub enum {name} {{\n{variants}}}\n", written.attributes))
    }
}

fn derives(copy: bool) -> String {
    let copy = if copy { "Copy, Eq, " } else { "" };
    format!("#[derive(Clone, {copy}Debug, PartialEq, Serialize, Deserialize, JsonSchema)]\n")
}

/// Whether an object has no fields, nor a schema of others.
fn says_nothing(form: &Alternative<'_>) -> bool {
    form.fields.is_empty() && form.pattern.is_none() && form.additional == Additional::Unsaid
}

fn is_tuple(schema: &Value) -> bool {
    schema.get("prefixItems").and_then(Value::as_array).is_some_and(|elements| elements.len() > 1)
}

/// The types in a list, without looking into their brackets.
fn split(list: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (index, letter) in list.char_indices() {
        match letter {
            '(' | '[' | '<' => depth += 1,
            ')' | ']' | '>' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(list[start..index].trim());
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(list[start..].trim());
    parts
}
