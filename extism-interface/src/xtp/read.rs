use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Map, Value, json};

use super::yaml;
use crate::{Argument, Description, Format, Interface, MAX_BYTES, Method, Role, Wire, text};

/// Why a document is no XTP document, or not one that can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct XtpError(String);

/// Reads an XTP document (`v1-draft`, or the names of a `v0`), in YAML or JSON. `name` becomes the name of the interface of
/// its exports, and that of its imports with `Host` behind it. Code samples are not kept.
///
/// # Errors
///
/// Returns an error that says where the document is wrong.
pub fn read(document: &str, name: &str) -> Result<Description, XtpError> {
    read_document(document, name).map_err(XtpError)
}

type Read<T> = Result<T, String>;

fn read_document(document: &str, name: &str) -> Read<Description> {
    if document.len() > MAX_BYTES {
        return Err(format!("the document has {} bytes, and at most {MAX_BYTES} are read", document.len()));
    }
    let document = yaml::read(document)?;
    match document.get("version").and_then(Value::as_str) {
        Some("v1-draft") => {}
        Some("v0") => return Ok(of_names(&document, name)),
        Some(other) => return Err(format!("version: `{}` is not `v1-draft`", text::name(other))),
        None => return Err("`version: v1-draft` is missing: this is no XTP document".to_owned()),
    }
    let types = types(&document)?;
    let exports = functions(&document, "exports", Role::Plugin, &types)?;
    let imports = functions(&document, "imports", Role::Host, &types)?;
    let interface = |role, name: String, methods: Vec<Method>| Interface {
        role,
        methods: methods.into(),
        types: types.clone(),
        ..Interface::new(name)
    };
    let mut interfaces = vec![interface(Role::Plugin, name.to_owned(), exports)];
    if !imports.is_empty() {
        interfaces.push(interface(Role::Host, format!("{name}Host"), imports));
    }
    Ok(Description::new(interfaces))
}

/// A `v0` document: names of functions that take and return bytes.
fn of_names(document: &Value, name: &str) -> Description {
    let names = document.get("exports").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let methods = names.map(|name| Method {
        arguments: vec![argument(Wire::new(Format::BYTES, None), "&[u8]")].into(),
        output: Wire::new(Format::BYTES, None),
        result: "Vec<u8>".into(),
        ..Method::new(name.to_owned())
    });
    Interface { methods: methods.collect(), ..Interface::new(name.to_owned()) }.into()
}

fn argument(wire: Wire, ty: impl Into<Cow<'static, str>>) -> Argument {
    Argument { name: "input".into(), ty: ty.into(), wire }
}

fn types(document: &Value) -> Read<BTreeMap<String, Value>> {
    let mut types = BTreeMap::new();
    let place = "components.schemas";
    let Some(schemas) = document.get("components").and_then(|components| components.get("schemas")) else {
        return Ok(types);
    };
    for (name, own) in object(schemas, place)? {
        let place = format!("{place}.{name}");
        types.insert(name.clone(), schema(own, &place)?);
    }
    Ok(types)
}

fn object<'v>(value: &'v Value, place: &str) -> Read<&'v Map<String, Value>> {
    value.as_object().ok_or_else(|| format!("{}: expected names with values", text::name(place)))
}

fn functions(document: &Value, key: &str, role: Role, types: &BTreeMap<String, Value>) -> Read<Vec<Method>> {
    let Some(functions) = document.get(key) else {
        return if role == Role::Host { Ok(Vec::new()) } else { Err("`exports` is missing".to_owned()) };
    };
    let mut methods = Vec::new();
    for (name, function) in object(functions, key)? {
        let place = format!("{key}.{name}");
        let mut method = Method::new(name.clone());
        // A function that takes and returns nothing may have nothing after its name.
        let empty = Value::Object(Map::new());
        let function = if function.is_null() { &empty } else { function };
        let function = object(function, &place)?;
        method.docs = function.get("description").and_then(Value::as_str).map(docs).unwrap_or_default().into();
        if let Some(input) = function.get("input") {
            let (wire, ty) = parameter(input, &format!("{place}.input"), types)?;
            method.arguments = vec![argument(wire, ty)].into();
        }
        if let Some(output) = function.get("output") {
            (method.output, method.result) = parameter(output, &format!("{place}.output"), types)?;
        }
        methods.push(method);
    }
    Ok(methods)
}

/// Documentation as Rust has it.
fn docs(description: &str) -> String {
    let lines = description.trim().lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    lines.collect::<Vec<_>>().join("\n")
}

/// What bytes mean, and the type as text.
fn parameter(value: &Value, place: &str, types: &BTreeMap<String, Value>) -> Read<(Wire, Cow<'static, str>)> {
    let own = schema(value, place)?;
    if let Some(name) = own.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix("#/$defs/"))
        && !types.contains_key(name)
    {
        return Err(format!("{}: there is no schema `{}`", text::name(place), text::name(name)));
    }
    let is_plain = |name: &str| own.get("type").is_some_and(|ty| ty == name) && own.get("enum").is_none();
    let content = value.get("contentType").and_then(Value::as_str).unwrap_or("application/json");
    match content.split(';').next().unwrap_or_default().trim() {
        "application/json" => Ok((Wire::new(Format::JSON, Some(own)), "Json<_>".into())),
        "text/plain" if is_plain("string") => Ok((Wire::new(Format::UTF8, None), "String".into())),
        "text/plain" => Ok((Wire::new(Format::UTF8, Some(own)), "String".into())),
        "application/x-binary" => Ok((Wire::new(Format::BYTES, None), "Vec<u8>".into())),
        other => Err(format!(
            "{}: the content type `{}` is none of `application/json`, `text/plain; charset=utf-8` and \
             `application/x-binary`",
            text::name(place),
            text::name(other)
        )),
    }
}

/// A type as a JSON Schema.
fn schema(value: &Value, place: &str) -> Read<Value> {
    let typed = object(value, place)?;
    let nullable = typed.get("nullable").is_some_and(|nullable| *nullable == true);
    let mut schema = bare(typed, place, nullable)?;
    if let (Value::Object(schema), Some(description)) = (&mut schema, typed.get("description")) {
        schema.insert("description".to_owned(), description.clone());
    }
    Ok(schema)
}

fn bare(typed: &Map<String, Value>, place: &str, nullable: bool) -> Read<Value> {
    if let Some(reference) = typed.get("$ref") {
        let name = reference.as_str().and_then(|reference| reference.strip_prefix("#/components/schemas/"));
        let name = name.ok_or_else(|| format!("{}.$ref: expected `#/components/schemas/NAME`", text::name(place)))?;
        let reference = json!({ "$ref": format!("#/$defs/{name}") });
        return Ok(if nullable { json!({ "anyOf": [reference, { "type": "null" }] }) } else { reference });
    }
    let mut schema = kind(typed, place)?;
    if nullable {
        if let Some(ty) = schema.get("type").cloned() {
            schema.insert("type".to_owned(), json!([ty, "null"]));
        }
        if let Some(Value::Array(values)) = schema.get_mut("enum") {
            values.push(Value::Null);
        }
    }
    Ok(schema.into())
}

fn kind(typed: &Map<String, Value>, place: &str) -> Read<Map<String, Value>> {
    let mut schema = Map::new();
    let mut put = |key: &str, value: Value| drop(schema.insert(key.to_owned(), value));
    let format = typed.get("format").and_then(Value::as_str);
    let ty = typed.get("type").and_then(Value::as_str);
    if let Some(values) = typed.get("enum") {
        put("type", json!("string"));
        put("enum", values.clone());
    } else if let Some(items) = typed.get("items") {
        put("type", json!("array"));
        put("items", self::schema(items, &format!("{place}.items"))?);
    } else if let Some(properties) = typed.get("properties") {
        let mut fields = Map::new();
        for (name, property) in object(properties, &format!("{place}.properties"))? {
            fields.insert(name.clone(), self::schema(property, &format!("{place}.properties.{name}"))?);
        }
        put("type", json!("object"));
        put("properties", fields.into());
        if let Some(required) = typed.get("required") {
            put("required", required.clone());
        }
    } else if let Some(values) = typed.get("additionalProperties").filter(|values| values.is_object()) {
        put("type", json!("object"));
        put("additionalProperties", self::schema(values, &format!("{place}.additionalProperties"))?);
    } else {
        match ty {
            Some("buffer") => {
                put("type", json!("string"));
                put("contentEncoding", json!("base64"));
            }
            Some("object") => {
                put("type", json!("object"));
                put("additionalProperties", json!(true));
            }
            Some("integer") => {
                put("type", json!("integer"));
                put("format", json!(format.unwrap_or("int64")));
                if format.is_some_and(|format| format.starts_with('u')) {
                    put("minimum", json!(0));
                }
            }
            Some("number") => {
                put("type", json!("number"));
                put("format", json!(format.unwrap_or("double")));
            }
            Some("string") => {
                put("type", json!("string"));
                if let Some(format) = format {
                    put("format", json!(format));
                }
            }
            Some("boolean") => put("type", json!("boolean")),
            Some("array") => return Err(format!("{}: `items` is missing", text::name(place))),
            Some(other) => return Err(format!("{}: `{}` is no type", text::name(place), text::name(other))),
            None => return Err(format!("{}: `type` is missing", text::name(place))),
        }
    }
    Ok(schema)
}
