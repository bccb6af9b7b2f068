//! An interface as a page for the authors of plug-ins.

use std::fmt::Write as _;

use serde_json::Value;

use crate::{
    Description, Encoding, Format, FormatKind, Interface, Method, Role, Wire, example,
    schema::{Additional, Alternative, Alternatives, Kinds, Types},
    text, xtp,
};

/// Writes a page: each function with the bytes that it takes and returns and an example, each host function, each type.
#[must_use]
pub fn write(description: &Description) -> String {
    let mut page = Page { out: String::new() };
    for interface in description.with_role(Role::Plugin) {
        page.heading(1, &title(interface));
        page.docs(&interface.docs);
        page.paragraph(PLUGIN);
        for method in interface.methods.iter() {
            page.export(interface, method);
        }
    }
    for interface in description.with_role(Role::Host) {
        page.heading(1, &title(interface));
        page.docs(&interface.docs);
        page.paragraph(HOST);
        for method in interface.methods.iter() {
            page.import(interface, method);
        }
    }
    page.types(description);
    page.out
}

const PLUGIN: &str = "A plug-in exports these functions. Each is `() -> i32` in WebAssembly: it reads its input with the PDK's \
                      function for that (`extism_input_load_*`), sets its output, and returns 0. On failure it sets an error \
                      and returns another number.";

const HOST: &str = "The host provides these functions, which a plug-in may import. Each argument is the offset (`i64`) of a \
                    block of Extism's memory with the bytes; so is the result, and 0 is an empty block.";

struct Page {
    out: String,
}

fn title(interface: &Interface) -> String {
    let name = text::name(&interface.name);
    interface.version.as_ref().map_or_else(|| name.to_string(), |version| format!("{name} {}", text::name(version)))
}

impl Page {
    fn line(&mut self, line: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.out, "{line}");
    }

    fn paragraph(&mut self, text: &str) {
        self.line(text);
        self.line("");
    }

    fn heading(&mut self, level: usize, text: &str) {
        self.paragraph(&format!("{} {text}", "#".repeat(level)));
    }

    fn docs(&mut self, docs: &str) {
        let docs = xtp::docs(docs);
        if docs.is_empty() {
            return;
        }
        for line in text::lines(&docs) {
            // Headings of the documentation are below those of the page.
            let line = if line.starts_with('#') { format!("###{line}") } else { line };
            self.line(&line);
        }
        self.line("");
    }

    fn export(&mut self, interface: &Interface, method: &Method) {
        let optional = if method.optional { " (optional)" } else { "" };
        self.heading(2, &format!("`{}`{optional}", text::name(&method.export)));
        self.docs(&method.docs);
        if method.arguments.len() > 1 {
            let names = text::list(method.arguments.iter().map(|argument| &*argument.name));
            let how =
                if method.encoding == Encoding::JsonObject { "fields of an object" } else { "elements of an array" };
            self.paragraph(&format!("The input has {names} as the {how}."));
        }
        self.bytes("Input", &method.input(), interface);
        self.bytes("Output", &method.output, interface);
        if let Some(error) = &method.error {
            self.paragraph(
                "Error: its text, or the error as a value: the output is then `{\"extism:error\": ERROR}` in JSON, where \
                 ERROR is such a value, and the function returns another number than 0.",
            );
            self.bytes("Error", &error.wire, interface);
        }
    }

    fn import(&mut self, interface: &Interface, method: &Method) {
        let names: Vec<String> =
            method.arguments.iter().map(|argument| text::name(&argument.name).to_string()).collect();
        self.heading(2, &format!("`{}({})`", text::name(&method.export), names.join(", ")));
        let namespace = method.namespace.as_deref().unwrap_or("extism:host/user");
        self.paragraph(&format!("Imported from `{}`.", text::name(namespace)));
        self.docs(&method.docs);
        for argument in method.arguments.iter() {
            self.bytes(&format!("Argument `{}`", text::name(&argument.name)), &argument.wire, interface);
        }
        self.bytes("Result", &method.output, interface);
        if let Some(error) = &method.error {
            self.bytes("Error (after the byte 1)", &error.wire, interface);
        }
    }

    /// What bytes mean, with an example.
    fn bytes(&mut self, what: &str, wire: &Wire, interface: &Interface) {
        let format = wire.format.as_ref().map_or_else(|| "not described".to_owned(), words);
        let schema = wire.schema.as_ref();
        let ty = schema.map_or_else(String::new, |schema| format!(", {}", ty(schema, interface)));
        self.paragraph(&format!("{what}: {format}{ty}."));
        let is_json = wire.format.as_ref().is_none_or(|format| {
            matches!(format.innermost(), FormatKind::Json | FormatKind::Msgpack | FormatKind::Utf8)
        });
        if let Some(schema) = schema.filter(|_| is_json) {
            let example = example(schema, interface);
            let json = serde_json::to_string_pretty(&example).unwrap_or_default();
            self.line("```json");
            for line in text::lines(&json) {
                self.line(&line);
            }
            self.paragraph("```");
        }
    }

    fn types(&mut self, description: &Description) {
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

fn words(format: &Format) -> String {
    match format.kind() {
        FormatKind::None => "no bytes".to_owned(),
        FormatKind::Utf8 => "text in UTF-8".to_owned(),
        FormatKind::Bytes => "bytes".to_owned(),
        FormatKind::Json => "JSON".to_owned(),
        FormatKind::Msgpack => "MessagePack, structures as arrays of their fields".to_owned(),
        FormatKind::Base64(inner) => format!("in Base64: {}", words(&Format::new(inner.to_owned()))),
        FormatKind::Optional(inner) => format!("no bytes, or {}", words(&Format::new(inner.to_owned()))),
        FormatKind::Result(inner) => {
            format!("a byte 0 and {}, or a byte 1 and an error in JSON", words(&Format::new(inner.to_owned())))
        }
        FormatKind::Scalar(name) => format!("an `{}` itself, no block", text::name(name)),
        FormatKind::Other(name) if name.starts_with(['u', 'i', 'f']) => format!("a number, `{format}`, little endian"),
        FormatKind::Other(_) => format!("`{format}`"),
    }
}

/// A type in words.
fn ty(schema: &Value, interface: &Interface) -> String {
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
