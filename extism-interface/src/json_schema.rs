//! An interface as a JSON Schema document, for tools of other languages.

use serde_json::{Map, Value, json};

use crate::{Description, FormatKind, Interface, Method, Role, Wire, description::pretty};

/// Returns a JSON Schema (2020-12) whose `properties` are the functions: each with its `input` (or, for a host function,
/// its `arguments`), `output` and `error`. Bytes that are not JSON are described by their `contentMediaType`.
#[must_use]
pub fn write(description: &Description) -> String {
    let several = description.interfaces.len() > 1;
    let documents: Vec<Value> = description.interfaces.iter().map(document).collect();
    match documents.as_slice() {
        [only] if !several => pretty(only),
        all => pretty(&json!({ "$schema": DIALECT, "$defs": named(&description.interfaces, all) })),
    }
}

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Each document under its interface's name, with an identifier of its own, so that its references stay in it.
fn named(interfaces: &[Interface], documents: &[Value]) -> Map<String, Value> {
    let name = |index: usize| -> String {
        let name = &interfaces[index].name;
        let before = interfaces[..index].iter().filter(|other| other.name == *name).count();
        if before == 0 { name.to_string() } else { format!("{name}{}", before + 1) }
    };
    let documents = documents.iter().enumerate().map(|(index, document)| {
        let mut document = document.clone();
        if let Value::Object(map) = &mut document {
            map.remove("$schema");
            map.insert("$id".to_owned(), json!(format!("extism-interface:{}", name(index))));
        }
        (name(index), document)
    });
    documents.collect()
}

fn document(interface: &Interface) -> Value {
    let functions: Map<String, Value> =
        interface.methods.iter().map(|method| (method.export.to_string(), function(interface, method))).collect();
    let mut document = json!({
        "$schema": DIALECT,
        "title": interface.name,
        "type": "object",
        "properties": functions,
    });
    let Value::Object(map) = &mut document else { return document };
    if !interface.docs.is_empty() {
        map.insert("description".to_owned(), json!(interface.docs));
    }
    if let Some(version) = &interface.version {
        map.insert("version".to_owned(), json!(version));
    }
    for (key, types) in [("$defs", &interface.types), ("sent", &interface.sent)] {
        if !types.is_empty() {
            map.insert(key.to_owned(), json!(types));
        }
    }
    document
}

fn function(interface: &Interface, method: &Method) -> Value {
    let mut parts = Map::new();
    let mut required = Vec::new();
    if interface.role == Role::Host {
        let arguments: Vec<Value> = method.arguments.iter().map(|argument| bytes(&argument.wire)).collect();
        if !arguments.is_empty() {
            let count = arguments.len();
            let list = json!({ "type": "array", "prefixItems": arguments, "minItems": count, "maxItems": count });
            parts.insert("arguments".to_owned(), list);
            required.push("arguments");
        }
    } else {
        let input = method.input();
        if input.format.as_ref().map(crate::Format::kind) != Some(FormatKind::None) {
            parts.insert("input".to_owned(), bytes(&input));
            required.push("input");
        }
    }
    if method.output.format.as_ref().map(crate::Format::kind) != Some(FormatKind::None) {
        parts.insert("output".to_owned(), bytes(&method.output));
        required.push("output");
    }
    if let Some(error) = &method.error {
        parts.insert("error".to_owned(), bytes(&error.wire));
    }
    let mut function = json!({ "type": "object", "properties": parts, "required": required });
    if let (Value::Object(map), false) = (&mut function, method.docs.is_empty()) {
        map.insert("description".to_owned(), json!(method.docs));
    }
    function
}

/// What bytes mean.
fn bytes(wire: &Wire) -> Value {
    let kind = wire.format.as_ref().map(crate::Format::kind);
    match (kind, &wire.schema) {
        (Some(FormatKind::Json) | None, Some(schema)) => schema.clone(),
        (Some(FormatKind::Json) | None, None) => json!(true),
        (Some(FormatKind::Utf8), _) => json!({ "type": "string" }),
        (Some(kind), schema) => {
            let (media, encoding) = match kind {
                FormatKind::Msgpack => ("application/msgpack", None),
                FormatKind::Base64(_) => ("application/octet-stream", Some("base64")),
                FormatKind::Other("protobuf") => ("application/x-protobuf", None),
                _ => ("application/octet-stream", None),
            };
            let mut bytes = json!({ "type": "string", "contentMediaType": media });
            if let Value::Object(map) = &mut bytes {
                let format = wire.format.as_ref().map(crate::Format::as_str).unwrap_or_default();
                map.insert("x-extism-format".to_owned(), json!(format));
                map.extend(encoding.map(|encoding| ("contentEncoding".to_owned(), json!(encoding))));
                map.extend(schema.as_ref().map(|schema| ("contentSchema".to_owned(), schema.clone())));
            }
            bytes
        }
    }
}
