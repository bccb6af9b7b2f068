//! The types of an interface, in words and tables.

use serde_json::Value;

use super::Page;
use crate::{
    Description, Interface,
    schema::{Additional, Alternative, Alternatives, Kinds, Types},
    text,
};

impl Page {
    pub(super) fn types(&mut self, description: &Description) {
        let mut seen: Vec<(&String, &Value)> = Vec::new();
        for interface in &description.interfaces {
            for (name, schema) in &interface.types {
                if seen.contains(&(name, schema)) {
                    continue;
                }
                if seen.is_empty() {
                    self.heading(1, "Types");
                }
                seen.push((name, schema));
                self.heading(2, &format!("`{}`", text::name(name)));
                self.docs(schema.get("description").and_then(Value::as_str).unwrap_or_default());
                self.forms(schema, interface);
            }
        }
    }

    fn forms(&mut self, schema: &Value, interface: &Interface) {
        let forms = Alternatives::of(schema, Types::of(interface)).all;
        let names: Vec<&Value> = forms.iter().flat_map(|form| form.values.iter().flatten().copied()).collect();
        if !names.is_empty() {
            let names = names.iter().map(|value| format!("`{}`", text::name(&value.to_string())));
            self.paragraph(&format!("One of {}.", names.collect::<Vec<_>>().join(", ")));
        }
        let several = forms.len() > 1;
        for form in forms.iter().filter(|form| form.values.is_none()) {
            if several {
                let variant = form.tags().first().map(|(field, value)| value.unwrap_or(field));
                let variant = variant.map_or_else(String::new, |name| format!(" `{}`", text::name(name)));
                self.paragraph(&format!("A variant{variant}:"));
            }
            self.form(form, interface);
        }
    }

    fn form(&mut self, form: &Alternative<'_>, interface: &Interface) {
        if form.kinds != Kinds::OBJECT || form.fields.is_empty() {
            return self.paragraph(&format!("{}.", of_form(form, interface)));
        }
        self.line("| field | type | required | |");
        self.line("| --- | --- | --- | --- |");
        for (name, schema) in &form.fields {
            let required = if form.required.contains(name) { "yes" } else { "no" };
            let about = schema.get("description").and_then(Value::as_str).unwrap_or_default();
            let about = text::lines(about).collect::<Vec<_>>().join(" ").replace('|', "\\|");
            let row = format!("| `{}` | {} | {required} | {about} |", text::name(name), ty(schema, interface));
            self.line(&row);
        }
        self.line("");
        if form.additional == Additional::Forbidden {
            self.paragraph("Other fields are refused.");
        }
    }
}

/// A type in words.
pub(super) fn ty(schema: &Value, interface: &Interface) -> String {
    let types = Types::of(interface);
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return match types.resolve(reference) {
            Some((name, _)) => format!("`{}`", text::name(name)),
            None => "not described".to_owned(),
        };
    }
    let all = ["anyOf", "oneOf"].iter().find_map(|key| schema.get(key)).and_then(Value::as_array);
    if let Some(all) = all {
        let all: Vec<String> = all.iter().take(8).map(|schema| ty(schema, interface)).collect();
        return all.join(" or ");
    }
    let forms = Alternatives::of(schema, types).all;
    forms.iter().take(8).map(|form| of_form(form, interface)).collect::<Vec<_>>().join(" or ")
}

fn of_form(form: &Alternative<'_>, interface: &Interface) -> String {
    if form.unknown {
        return "not described".to_owned();
    }
    if form.kinds == Kinds::ALL && form.values.is_none() {
        return "any JSON".to_owned();
    }
    if let Some(values) = &form.values {
        let values: Vec<String> = values.iter().map(|value| format!("`{}`", text::name(&value.to_string()))).collect();
        return values.join(" or ");
    }
    let mut words = Vec::new();
    for kind in form.kinds.each() {
        words.push(match kind {
            Kinds::NULL => "null".to_owned(),
            Kinds::BOOLEAN => "boolean".to_owned(),
            Kinds::INTEGER if form.kinds.has(Kinds::FRACTION) => continue,
            Kinds::INTEGER => form.format.map_or_else(|| "integer".to_owned(), |format| format!("integer ({format})")),
            Kinds::FRACTION => "number".to_owned(),
            Kinds::STRING => form.format.map_or_else(|| "text".to_owned(), |format| format!("text ({format})")),
            Kinds::ARRAY => array(form, interface),
            _ => object(form, interface),
        });
    }
    words.join(" or ")
}

fn array(form: &Alternative<'_>, interface: &Interface) -> String {
    if !form.prefix.is_empty() {
        let elements: Vec<String> = form.prefix.iter().map(|schema| ty(schema, interface)).collect();
        return format!("array of {}", elements.join(", "));
    }
    form.items.map_or_else(|| "array".to_owned(), |items| format!("array of {}", ty(items, interface)))
}

fn object(form: &Alternative<'_>, interface: &Interface) -> String {
    match (form.pattern, form.additional) {
        (Some((_, values)), _) => format!("object with numbers as keys, each with {}", ty(values, interface)),
        (None, Additional::Values(values)) if form.fields.is_empty() => {
            format!("object with any keys, each with {}", ty(values, interface))
        }
        _ => {
            let fields: Vec<String> = form
                .fields
                .iter()
                .map(|(name, schema)| format!("`{}`: {}", text::name(name), ty(schema, interface)))
                .collect();
            format!("object with {}", fields.join(", "))
        }
    }
}
