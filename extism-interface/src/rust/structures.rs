//! The fields of structures and of variants.

use std::fmt::Write as _;

use serde_json::Value;

use super::{both::Both, defaults, docs, names::function_name, types::RustTypes};
use crate::{
    Interface,
    schema::{Additional, Alternatives, Types},
};

/// What has the fields.
pub(super) struct Owner<'o> {
    /// Its name, for the names of what is defined for its fields.
    pub(super) name: &'o str,
    /// A field that is left out.
    pub(super) without: Option<&'o str>,
    /// Whether it is a variant of an enum.
    pub(super) variant: bool,
}

/// Fields as they are written.
pub(super) struct Fields {
    /// Each in lines of its own.
    pub(super) text: String,
    /// The schema's list of required fields, if the derive would write another one.
    pub(super) required: Option<Vec<String>>,
    /// Whether fields that it does not know are refused.
    pub(super) strict: bool,
}

/// Whether a field is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    /// In all values.
    Always,
    /// In all that are written.
    Written,
    /// In some.
    Sometimes,
}

impl RustTypes {
    /// Writes the fields of an object; `None` if a derive cannot express them.
    pub(super) fn fields(&mut self, schema: Both<'_>, owner: &Owner<'_>, interface: &Interface) -> Option<Fields> {
        let forms = Alternatives::of(schema.read, Types::of(interface)).all;
        let [form] = forms.as_slice() else { return None };
        if matches!(form.additional, Additional::Values(_)) || form.pattern.is_some() {
            return None;
        }
        let written = Alternatives::of(schema.sent, Types::of(interface)).all;
        let always_written = |name: &str| written.iter().all(|form| form.required.contains(&name));
        // Lists of required fields show the order, which matters in MessagePack.
        let written_form = written.iter().take(1).flat_map(|form| &form.required);
        let listed = written_form.chain(&form.required).chain(form.fields.keys());
        let mut names: Vec<&str> = Vec::new();
        for name in listed.filter(|name| form.fields.contains_key(*name) && Some(**name) != owner.without) {
            if !names.contains(name) {
                names.push(name);
            }
        }
        let mut fields =
            Fields { text: String::new(), required: None, strict: form.additional == Additional::Forbidden };
        let mut taken = Vec::new();
        let mut nullable = false;
        for name in names {
            let presence = match (form.required.contains(&name), always_written(name)) {
                (true, _) => Presence::Always,
                (false, true) => Presence::Written,
                (false, false) => Presence::Sometimes,
            };
            let schema = schema.part("properties", name, form.fields[name]);
            let (text, is_nullable) = self.field(name, schema, presence, owner, &mut taken, interface);
            nullable |= is_nullable && presence == Presence::Always;
            fields.text.push_str(&text);
        }
        // What is `Option` in Rust may be left out, unless the schema says otherwise.
        fields.required = nullable.then(|| form.required.iter().map(|name| (*name).to_owned()).collect());
        Some(fields)
    }

    /// Writes a field, and returns whether it may be null.
    fn field(
        &mut self,
        name: &str,
        schema: Both<'_>,
        presence: Presence,
        owner: &Owner<'_>,
        taken: &mut Vec<String>,
        interface: &Interface,
    ) -> (String, bool) {
        let indent = if owner.variant { "        " } else { "    " };
        let rust = function_name(name, taken);
        let mut ty = self.of(schema, &format!("{}_{name}", owner.name), interface);
        let nullable = ty.starts_with("Option<");
        let mut options = Vec::new();
        if rust.trim_start_matches("r#") != name {
            options.push(format!("rename = {name:?}"));
        }
        let mut with = None;
        let default = schema.read.get("default").filter(|_| presence == Presence::Written);
        let default = default.and_then(|value| self.default_option(value, &ty, owner.name, &rust));
        match (presence, default) {
            (Presence::Always, _) => {}
            (_, Some(option)) => options.push(option),
            (Presence::Written, None) if nullable => {}
            _ => {
                options.push("default".to_owned());
                options.push("skip_serializing_if = \"Option::is_none\"".to_owned());
                if !nullable {
                    // Left out, but never null.
                    with = Some(ty.clone());
                    ty = format!("Option<{ty}>");
                }
            }
        }
        let mut out = docs(schema.about(), indent);
        if let Some(with) = with {
            let _ = writeln!(out, "{indent}#[schemars(with = {with:?})]");
        }
        if !options.is_empty() {
            let _ = writeln!(out, "{indent}#[serde({})]", options.join(", "));
        }
        for extra in extras(schema.read, &ty) {
            let _ = writeln!(out, "{indent}#[schemars({extra})]");
        }
        let visibility = if owner.variant { "" } else { "pub " };
        let _ = writeln!(out, "{indent}{visibility}{rust}: {ty},");
        (out, nullable)
    }

    /// The option that sets a field's default; `None` if Rust has no expression for it here.
    fn default_option(&mut self, value: &Value, ty: &str, owner: &str, field: &str) -> Option<String> {
        if defaults::is_natural(value, ty) {
            return Some("default".to_owned());
        }
        let expression = defaults::expression(value, ty)?;
        let name = format!("default_{owner}_{}", field.trim_start_matches("r#"));
        let name = function_name(&name, self.functions());
        self.define(format!("fn {name}() -> {ty} {{\n    {expression}\n}}\n"));
        Some(format!("default = {name:?}"))
    }
}

/// Keywords that a type in Rust does not show, as options of `#[schemars(..)]`.
pub(super) fn extras(schema: &Value, ty: &str) -> Vec<String> {
    const TEXT: [&str; 5] = ["format", "contentEncoding", "pattern", "minLength", "maxLength"];
    const LIST: [&str; 3] = ["uniqueItems", "minItems", "maxItems"];

    let inside = ty.strip_prefix("Option<").and_then(|inside| inside.strip_suffix('>')).unwrap_or(ty);
    let keys: &[&str] = match inside {
        "String" => &TEXT,
        list if list.starts_with("Vec<") => &LIST,
        _ => &[],
    };
    let Some(map) = schema.as_object().filter(|map| !map.contains_key("$ref")) else { return Vec::new() };
    let is_plain = |value: &&Value| matches!(value, Value::Bool(_) | Value::Number(_) | Value::String(_));
    keys.iter()
        .filter_map(|key| Some((key, map.get(*key).filter(is_plain)?)))
        .map(|(key, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), |text| format!("{text:?}"));
            format!("extend({key:?} = {value})")
        })
        .collect()
}
