//! From JSON Schemas to shapes.

use extism_interface::Interface;
use serde_json::{Map, Value};

use super::{Member, Shape};

/// How many schemas lie within each other at most; what is deeper, such as a type that contains itself, is JSON.
const MAX_DEPTH: usize = 8;

/// A shape, and whether it may be null.
pub(super) type Found = (Shape, bool);

/// Returns the shape of the values that a schema allows: JSON if no other fits.
pub(super) fn shape(schema: &Value, interface: &Interface) -> Found {
    find(schema, interface, MAX_DEPTH).unwrap_or((Shape::Json, false))
}

/// `None` if the schema allows values of several shapes, or anything.
fn find(schema: &Value, interface: &Interface, depth: usize) -> Option<Found> {
    let depth = depth.checked_sub(1)?;
    let schema = schema.as_object()?;
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return find(definition(reference, interface)?, interface, depth);
    }
    if let Some(all) = schema.get("allOf").and_then(Value::as_array) {
        return if let [only] = all.as_slice() { find(only, interface, depth) } else { None };
    }
    if let Some(any) = ["anyOf", "oneOf"].iter().find_map(|key| schema.get(*key)).and_then(Value::as_array) {
        return alternatives(any, interface, depth);
    }
    if let Some(Value::String(_)) = schema.get("const") {
        return Some((Shape::Text, false));
    }
    let (name, nullable) = type_name(schema)?;
    let shape = match name {
        "boolean" => Shape::Bool,
        "integer" => integer(schema)?,
        "number" if format(schema) == "float" => Shape::F32,
        "number" => Shape::F64,
        "string" => text(schema),
        "array" => array(schema, interface, depth)?,
        "object" => object(schema, interface, depth)?,
        _ => return None,
    };
    Some((shape, nullable))
}

fn definition<'i>(reference: &str, interface: &'i Interface) -> Option<&'i Value> {
    let (types, name) = match reference.strip_prefix("#/$defs/") {
        Some(name) => (&interface.types, name),
        None => (&interface.sent, reference.strip_prefix("#/sent/")?),
    };
    types.get(name)
}

/// One alternative and null, or texts.
fn alternatives(any: &[Value], interface: &Interface, depth: usize) -> Option<Found> {
    let is_null = |schema: &&Value| schema.get("type").and_then(Value::as_str) == Some("null");
    let others: Vec<&Value> = any.iter().filter(|schema| !is_null(schema)).collect();
    let nullable = others.len() < any.len();
    let mut found = others.iter().map(|schema| find(schema, interface, depth));
    let (first, inner) = found.next()??;
    let same = found.all(|other| other.is_some_and(|(shape, _)| shape == first && shape == Shape::Text));
    same.then_some((first, nullable || inner))
}

/// The only type, and whether null is another.
fn type_name(schema: &Map<String, Value>) -> Option<(&str, bool)> {
    match schema.get("type")? {
        Value::String(name) => Some((name, false)),
        Value::Array(names) => {
            let others: Vec<&str> = names.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect();
            if let [only] = others[..] { Some((only, others.len() < names.len())) } else { None }
        }
        _ => None,
    }
}

fn format(schema: &Map<String, Value>) -> &str {
    schema.get("format").and_then(Value::as_str).unwrap_or_default()
}

fn integer(schema: &Map<String, Value>) -> Option<Shape> {
    let (signed, bits) = match format(schema) {
        "" | "int" => (true, 64),
        "uint" => (false, 64),
        format => match format.strip_prefix("uint") {
            Some(bits) => (false, bits.parse().ok()?),
            None => (true, format.strip_prefix("int")?.parse().ok()?),
        },
    };
    matches!(bits, 8 | 16 | 32 | 64).then_some(Shape::Int { bits, signed })
}

fn text(schema: &Map<String, Value>) -> Shape {
    match format(schema) {
        "date" => Shape::Date,
        "partial-time" => Shape::Time,
        "partial-date-time" => Shape::Timestamp { utc: false },
        "date-time" => Shape::Timestamp { utc: true },
        _ => Shape::Text,
    }
}

fn array(schema: &Map<String, Value>, interface: &Interface, depth: usize) -> Option<Shape> {
    if schema.contains_key("prefixItems") {
        return None;
    }
    let (shape, nullable) = find(schema.get("items")?, interface, depth)?;
    if shape == (Shape::Int { bits: 8, signed: false }) && !nullable {
        return Some(Shape::Bytes);
    }
    Some(Shape::List(Box::new(Member { name: "item".to_owned(), shape, nullable })))
}

/// The fields of an object in which there are no others. A field of many shapes is JSON.
fn object(schema: &Map<String, Value>, interface: &Interface, depth: usize) -> Option<Shape> {
    if schema.get("additionalProperties").is_some_and(|others| *others != Value::Bool(false)) {
        return None;
    }
    let required = |name: &str| {
        schema.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|one| one == name))
    };
    let properties = schema.get("properties")?.as_object()?;
    let members = properties.iter().map(|(name, schema)| {
        let (shape, nullable) = find(schema, interface, depth).unwrap_or((Shape::Json, true));
        Member { name: name.clone(), shape, nullable: nullable || !required(name) }
    });
    let members: Vec<Member> = members.collect();
    (!members.is_empty()).then_some(Shape::Struct(members))
}
