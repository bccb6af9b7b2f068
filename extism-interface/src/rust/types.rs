//! Types of Rust for JSON Schemas.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::Value;

use super::{
    docs,
    names::{function_name, unused_type_name},
};
use crate::{
    Interface,
    schema::{Additional, Alternative, Alternatives, Kinds, Types},
};

/// How deeply types may be nested that have no names of their own.
const DEPTH: usize = 30;

/// The types of a module, as they are found.
pub(super) struct RustTypes {
    definitions: Vec<String>,
    /// The names of types that were found, by their names in the interface and the text of their schemas.
    known: BTreeMap<(String, String), String>,
    taken: Vec<String>,
    depth: usize,
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
    pub(super) fn new() -> Self {
        let taken = ["Json", "JsonSchema", "Deserialize", "Serialize", "Option", "Vec", "String"];
        Self { definitions: Vec::new(), known: BTreeMap::new(), taken: taken.map(str::to_owned).into(), depth: 0 }
    }

    pub(super) fn finish(self) -> Vec<String> {
        self.definitions
    }

    /// The type that a schema describes. `hint` names one that has no name.
    pub(super) fn of(&mut self, schema: &Value, hint: &str, interface: &Interface) -> String {
        self.depth += 1;
        let ty = if self.depth > DEPTH { any() } else { self.nested(schema, hint, interface) };
        self.depth -= 1;
        ty
    }

    fn nested(&mut self, schema: &Value, hint: &str, interface: &Interface) -> String {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            return self.reference(reference, interface);
        }
        if let Some(all) = schema.get("anyOf").and_then(Value::as_array)
            && let [one, null] = all.as_slice()
            && null.get("type").is_some_and(|ty| ty == "null")
        {
            return format!("Option<{}>", self.of(one, hint, interface));
        }
        let forms = Alternatives::of(schema, Types::of(interface)).all;
        let [form] = forms.as_slice() else {
            return self.names(&forms, hint).unwrap_or_else(any);
        };
        let nullable = form.kinds.has(Kinds::NULL) && form.kinds != Kinds::ALL;
        let mut form = form.clone();
        if form.kinds != Kinds::ALL {
            form.kinds = form.kinds.without(Kinds::NULL);
        }
        let ty = self.form(&form, hint, interface);
        if nullable { format!("Option<{ty}>") } else { ty }
    }

    fn reference(&mut self, reference: &str, interface: &Interface) -> String {
        let Some((name, schema)) = Types::of(interface).resolve(reference) else { return any() };
        let key = (name.to_owned(), schema.to_string());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let rust = unused_type_name(name, &mut self.taken);
        // Before its fields, which may contain it.
        self.known.insert(key, rust.clone());
        let about = docs(schema.get("description").and_then(Value::as_str).unwrap_or_default(), "");
        let forms = Alternatives::of(schema, Types::of(interface)).all;
        let definition = match forms.as_slice() {
            [form] if form.kinds == Kinds::OBJECT && !form.fields.is_empty() => self.structure(form, &rust, interface),
            forms if variants(forms).is_some() => variants(forms).map(|names| enumeration(&names, &rust)),
            _ => None,
        };
        let definition = definition.unwrap_or_else(|| {
            let ty = self.nested(schema, name, interface);
            format!("pub type {rust} = {ty};\n")
        });
        self.definitions.push(about + &definition);
        rust
    }

    fn form(&mut self, form: &Alternative<'_>, hint: &str, interface: &Interface) -> String {
        match form.kinds {
            _ if form.unknown || form.kinds == Kinds::ALL => any(),
            Kinds::BOOLEAN => "bool".to_owned(),
            Kinds::INTEGER => integer(form.format),
            Kinds::STRING if form.values.is_some() => self.names(std::slice::from_ref(form), hint).unwrap_or_else(any),
            Kinds::STRING => "String".to_owned(),
            Kinds::ARRAY if !form.prefix.is_empty() => {
                let elements: Vec<_> = form.prefix.iter().map(|element| self.of(element, hint, interface)).collect();
                if let [only] = elements.as_slice() {
                    format!("({only},)")
                } else {
                    format!("({})", elements.join(", "))
                }
            }
            Kinds::ARRAY => {
                let items = form.items.map_or_else(any, |items| self.of(items, hint, interface));
                format!("Vec<{items}>")
            }
            Kinds::OBJECT => self.object(form, hint, interface),
            _ if form.kinds.has(Kinds::FRACTION) && !form.kinds.has(Kinds::STRING) => {
                if form.format == Some("float") { "f32" } else { "f64" }.to_owned()
            }
            _ => any(),
        }
    }

    fn object(&mut self, form: &Alternative<'_>, hint: &str, interface: &Interface) -> String {
        match (form.fields.is_empty(), form.additional) {
            (true, Additional::Values(values)) if !values.is_boolean() => {
                format!("std::collections::BTreeMap<String, {}>", self.of(values, hint, interface))
            }
            (true, _) => "serde_json::Map<String, serde_json::Value>".to_owned(),
            (false, _) => {
                let name = unused_type_name(hint, &mut self.taken);
                match self.structure(form, &name, interface) {
                    Some(definition) => {
                        self.definitions.push(definition);
                        name
                    }
                    None => any(),
                }
            }
        }
    }

    /// An enum of names, as a type of its own.
    fn names(&mut self, forms: &[Alternative<'_>], hint: &str) -> Option<String> {
        let names = variants(forms)?;
        let name = unused_type_name(hint, &mut self.taken);
        self.definitions.push(enumeration(&names, &name));
        Some(name)
    }

    fn structure(&mut self, form: &Alternative<'_>, name: &str, interface: &Interface) -> Option<String> {
        if matches!(form.additional, Additional::Values(_)) {
            return None;
        }
        let mut out = String::new();
        // What is `Option` in Rust may be left out, unless the schema says otherwise.
        let mut strict = false;
        let mut taken = Vec::new();
        for (field, schema) in &form.fields {
            let rust = function_name(field, &mut taken);
            out.push_str(&docs(schema.get("description").and_then(Value::as_str).unwrap_or_default(), "    "));
            let mut options = Vec::new();
            if rust.trim_start_matches("r#") != *field {
                options.push(format!("rename = {field:?}"));
            }
            let mut ty = self.of(schema, &format!("{name}_{field}"), interface);
            let required = form.required.contains(field);
            if !required {
                options.push("default".to_owned());
                options.push("skip_serializing_if = \"Option::is_none\"".to_owned());
                if !ty.starts_with("Option<") {
                    // Left out, but never null.
                    let _ = writeln!(out, "    #[schemars(with = {ty:?})]");
                    ty = format!("Option<{ty}>");
                }
            }
            strict |= required && ty.starts_with("Option<");
            if !options.is_empty() {
                let _ = writeln!(out, "    #[serde({})]", options.join(", "));
            }
            for key in ["format", "contentEncoding"] {
                if let (Some(Value::String(format)), true) = (schema.get(key), ty.contains("String")) {
                    let _ = writeln!(out, "    #[schemars(extend({key:?} = {format:?}))]");
                }
            }
            let _ = writeln!(out, "    pub {rust}: {ty},");
        }
        out.push_str("}\n");
        let mut head = derives(false);
        if form.additional == Additional::Forbidden {
            head.push_str("#[serde(deny_unknown_fields)]\n");
        }
        if strict {
            let required: Vec<&str> =
                form.fields.keys().copied().filter(|field| form.required.contains(field)).collect();
            let _ = writeln!(head, "#[schemars(extend(\"required\" = {required:?}))]");
        }
        Some(format!("{head}pub struct {name} {{\n{out}"))
    }
}

fn derives(copy: bool) -> String {
    let copy = if copy { "Copy, Eq, " } else { "" };
    format!("#[derive(Clone, {copy}Debug, PartialEq, Serialize, Deserialize, JsonSchema)]\n")
}

/// The names, if the forms are only names.
fn variants<'a>(forms: &[Alternative<'a>]) -> Option<Vec<&'a str>> {
    let mut names = Vec::new();
    for form in forms {
        for value in form.values.as_ref()? {
            names.push(value.as_str()?);
        }
    }
    (!names.is_empty()).then_some(names)
}

fn enumeration(names: &[&str], name: &str) -> String {
    let mut out = derives(true);
    let _ = writeln!(out, "pub enum {name} {{");
    let mut taken = Vec::new();
    for variant in names {
        let rust = unused_type_name(variant, &mut taken);
        if rust != *variant {
            let _ = writeln!(out, "    #[serde(rename = {variant:?})]");
        }
        let _ = writeln!(out, "    {rust},");
    }
    out.push_str("}\n");
    out
}

fn integer(format: Option<&str>) -> String {
    match format {
        Some("uint") => "u64".to_owned(),
        Some(format) if format.starts_with("uint") => format.replace("uint", "u"),
        Some("int") | None => "i64".to_owned(),
        Some(format) if format.starts_with("int") => format.replace("int", "i"),
        Some(_) => "i64".to_owned(),
    }
}
