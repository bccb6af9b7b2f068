//! From JSON Schemas to XTP's types.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::limits::{capitalized, identifier, is_identifier};
use crate::{
    Interface,
    schema::{Additional, Alternative, Alternatives, Kinds, Types},
    text,
};

/// The schemas of an XTP document, as they are found.
pub(super) struct Components {
    /// By their names in the document.
    pub(super) schemas: Map<String, Value>,
    /// The names of types that were found, by their names in the interface and the text of their schemas.
    names: BTreeMap<(String, String), String>,
    /// The types that are being written.
    open: Vec<(String, String)>,
}

/// The integers of XTP; one without a format is an `int64`.
const INTEGERS: [&str; 7] = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64"];

/// How deeply types may contain each other.
const DEPTH: usize = 32;

impl Components {
    pub(super) fn new() -> Self {
        Self { schemas: Map::new(), names: BTreeMap::new(), open: Vec::new() }
    }

    /// A type as it stands in a field or an argument. `hint` names a structure that has no name.
    pub(super) fn typed(
        &mut self,
        schema: &Value,
        hint: &str,
        interface: &Interface,
    ) -> Result<Map<String, Value>, String> {
        let mut typed = self.bare(schema, hint, interface)?;
        if let Some(description) = schema.get("description") {
            typed.insert("description".to_owned(), description.clone());
        }
        Ok(typed)
    }

    fn bare(&mut self, schema: &Value, hint: &str, interface: &Interface) -> Result<Map<String, Value>, String> {
        if let Some((reference, nullable)) = reference(schema) {
            let mut typed = map(json!({ "$ref": self.reference(reference, interface)? }));
            if nullable {
                typed.insert("nullable".to_owned(), json!(true));
            }
            return Ok(typed);
        }
        let forms = Alternatives::of(schema, Types::of(interface)).all;
        let (form, nullable) = single(forms, schema)?;
        let mut typed = self.form(&form, schema, hint, interface)?;
        if nullable {
            typed.insert("nullable".to_owned(), json!(true));
        }
        Ok(typed)
    }

    /// Writes the type that is referred to, if that has not happened yet.
    fn reference(&mut self, reference: &str, interface: &Interface) -> Result<String, String> {
        let Some((name, schema)) = Types::of(interface).resolve(reference) else {
            return Err(format!("`{}` is not described", text::name(reference)));
        };
        let key = (name.to_owned(), schema.to_string());
        if self.open.contains(&key) {
            return Err(format!(
                "`{}` contains itself, which XTP does not allow: write a list of entries that refer to each other by number",
                text::name(name)
            ));
        }
        if let Some(known) = self.names.get(&key) {
            return Ok(format!("#/components/schemas/{known}"));
        }
        if self.open.len() >= DEPTH {
            return Err(format!("types that contain each other more than {DEPTH} levels deep"));
        }
        self.open.push(key.clone());
        let own = self.component(schema, name, interface);
        self.open.pop();
        let own = own?;
        let name = self.unused(&identifier(name));
        self.schemas.insert(name.clone(), own.into());
        self.names.insert(key, name.clone());
        Ok(format!("#/components/schemas/{name}"))
    }

    /// A type that has a name.
    fn component(&mut self, schema: &Value, name: &str, interface: &Interface) -> Result<Map<String, Value>, String> {
        let mut component = if reference(schema).is_some() {
            self.bare(schema, name, interface)?
        } else {
            let (form, nullable) = single(Alternatives::of(schema, Types::of(interface)).all, schema)?;
            if nullable {
                return Err(format!("`{}` may be null, which only a field can be", text::name(name)));
            }
            match form.kinds {
                Kinds::OBJECT if !form.fields.is_empty() => self.structure(&form, name, interface)?,
                _ => self.form(&form, schema, name, interface)?,
            }
        };
        if let Some(description) = schema.get("description") {
            component.insert("description".to_owned(), description.clone());
        }
        Ok(component)
    }

    fn form(
        &mut self,
        form: &Alternative<'_>,
        schema: &Value,
        hint: &str,
        interface: &Interface,
    ) -> Result<Map<String, Value>, String> {
        const NUMBER: &str = "number";

        let typed = match form.kinds {
            _ if form.unknown || form.kinds == Kinds::ALL => {
                return Err("a value that may be any JSON: write an object, or text".to_owned());
            }
            Kinds::BOOLEAN => json!({ "type": "boolean" }),
            Kinds::INTEGER => match form.format {
                Some("int128" | "uint128") => return Err("128-bit numbers: write text".to_owned()),
                Some("uint") => json!({ "type": "integer", "format": "uint64" }),
                Some(format) if INTEGERS.contains(&format) => json!({ "type": "integer", "format": format }),
                _ => json!({ "type": "integer" }),
            },
            Kinds::STRING if schema.get("contentEncoding").is_some_and(|encoding| encoding == "base64") => {
                json!({ "type": "buffer" })
            }
            Kinds::STRING => string(form)?,
            Kinds::ARRAY if form.prefix.is_empty() => {
                let items = form.items.ok_or_else(|| "lists of any JSON: write a type for the elements".to_owned())?;
                json!({ "type": "array", "items": self.typed(items, hint, interface)? })
            }
            Kinds::ARRAY => return Err("tuples: write a structure with named fields".to_owned()),
            Kinds::OBJECT => return self.object(form, hint, interface),
            _ if form.kinds.has(Kinds::FRACTION) && form.kinds.has(Kinds::INTEGER) => match form.format {
                Some("float") => json!({ "type": NUMBER, "format": "float" }),
                _ => json!({ "type": NUMBER }),
            },
            _ => return Err("a value of several kinds: write a structure with an optional field for each".to_owned()),
        };
        Ok(map(typed))
    }

    fn object(
        &mut self,
        form: &Alternative<'_>,
        hint: &str,
        interface: &Interface,
    ) -> Result<Map<String, Value>, String> {
        if form.pattern.is_some() {
            return Err("maps whose keys are numbers: write text keys".to_owned());
        }
        match (form.fields.is_empty(), form.additional) {
            (true, Additional::Values(Value::Bool(true)) | Additional::Unsaid) => Ok(map(json!({ "type": "object" }))),
            (true, Additional::Values(values)) => {
                let values = self.typed(values, hint, interface)?;
                Ok(map(json!({ "type": "object", "additionalProperties": values })))
            }
            (false, _) => {
                let own = self.structure(form, hint, interface)?;
                let name = self.unused(&capitalized(hint));
                self.schemas.insert(name.clone(), own.into());
                Ok(map(json!({ "$ref": format!("#/components/schemas/{name}") })))
            }
            (true, Additional::Forbidden) => Err("an object without fields: write a field, or nothing".to_owned()),
        }
    }

    pub(super) fn structure(
        &mut self,
        form: &Alternative<'_>,
        name: &str,
        interface: &Interface,
    ) -> Result<Map<String, Value>, String> {
        if matches!(form.additional, Additional::Values(_)) {
            return Err(format!(
                "`{}` has fields and any others beside them: write a map as a field of its own",
                text::name(name)
            ));
        }
        let mut properties = Map::new();
        for (field, schema) in &form.fields {
            if !is_identifier(field) {
                return Err(format!("the field `{}`: names are letters, digits and `_`", text::name(field)));
            }
            let typed = self.typed(schema, &format!("{name}_{field}"), interface);
            let typed = typed.map_err(|reason| within(name, field, &reason))?;
            properties.insert((*field).to_owned(), typed.into());
        }
        let mut structure = map(json!({ "type": "object", "properties": properties }));
        if !form.required.is_empty() {
            structure.insert("required".to_owned(), json!(form.required));
        }
        Ok(structure)
    }

    fn unused(&self, name: &str) -> String {
        let mut unused = name.to_owned();
        let mut number = 2;
        while self.schemas.contains_key(&unused) {
            unused = format!("{name}{number}");
            number += 1;
        }
        unused
    }
}

/// The reason with the innermost field that it concerns.
fn within(name: &str, field: &str, reason: &str) -> String {
    if reason.contains("`: ") {
        return reason.to_owned();
    }
    format!("`{}.{}`: {reason}", text::name(name), text::name(field))
}

/// The reference that a schema is, and whether the value may be null instead.
fn reference(schema: &Value) -> Option<(&str, bool)> {
    let of = |schema: &'_ Value| -> bool { schema.get("type").is_some_and(|ty| ty == "null") };
    if let Some(Value::String(reference)) = schema.get("$ref") {
        return Some((reference, false));
    }
    match schema.get("anyOf").and_then(Value::as_array)?.as_slice() {
        [one, null] if of(null) => Some((one.get("$ref")?.as_str()?, true)),
        [null, one] if of(null) => Some((one.get("$ref")?.as_str()?, true)),
        _ => None,
    }
}

/// The only form beside null, and whether there is null.
fn single<'a>(forms: Vec<Alternative<'a>>, schema: &Value) -> Result<(Alternative<'a>, bool), String> {
    if forms.iter().any(|form| form.kinds == Kinds::ALL) {
        return forms.into_iter().next().map(|form| (form, false)).ok_or_else(String::new);
    }
    let nullable = forms.iter().any(|form| form.kinds.has(Kinds::NULL));
    let mut others: Vec<_> = forms
        .into_iter()
        .filter_map(|mut form| {
            form.kinds = form.kinds.without(Kinds::NULL);
            if let Some(values) = &mut form.values {
                values.retain(|value| !value.is_null());
            }
            (form.kinds != Kinds::NONE).then_some(form)
        })
        .collect();
    // Names that each have a documentation are forms of their own.
    if others.len() > 1 && others.iter().all(|form| form.kinds == Kinds::STRING && form.values.is_some()) {
        let values = others.iter().flat_map(|form| form.values.iter().flatten().copied()).collect();
        others.truncate(1);
        others[0].values = Some(values);
    }
    let name = || schema.get("title").and_then(Value::as_str).map_or_else(String::new, |name| format!("`{name}`: "));
    match others.len() {
        1 => Ok((others.remove(0), nullable)),
        0 => Err("null: write nothing".to_owned()),
        _ => Err(format!(
            "{}a sum type: write a structure with an enum of the variants' names, and an optional field for the data of each",
            name()
        )),
    }
}

fn string(form: &Alternative<'_>) -> Result<Value, String> {
    let Some(values) = &form.values else {
        return Ok(match form.format {
            Some(format @ ("date-time" | "byte")) => json!({ "type": "string", "format": format }),
            _ => json!({ "type": "string" }),
        });
    };
    let names: Vec<&str> = values.iter().filter_map(|value| value.as_str()).collect();
    match names.iter().find(|name| !is_identifier(name)) {
        None => Ok(json!({ "type": "string", "enum": names })),
        Some(name) => Err(format!("the variant `{}`: names are letters, digits and `_`", text::name(name))),
    }
}

pub(super) fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
