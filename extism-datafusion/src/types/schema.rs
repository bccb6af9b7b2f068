//! From JSON Schemas to shapes.

use std::cell::Cell;

use extism_interface::Interface;
use serde_json::{Map, Value};

use super::{Member, Shape};

/// How many schemas lie within each other at most; what is deeper, such as a type that contains itself, is JSON.
const MAX_DEPTH: usize = 8;

/// How many schemas are looked at for a type at most. A schema that refers to others several times, and these to others, has
/// any number of fields in a few lines; such a type is JSON as well.
const MAX_SCHEMAS: usize = 1000;

/// A shape, and whether it may be null.
pub(super) type Found = (Shape, bool);

/// Returns the shape of the values that a schema allows: JSON if no other fits.
pub(super) fn shape(schema: &Value, interface: &Interface) -> Found {
    let search = Search { interface, left: Cell::new(MAX_SCHEMAS) };
    let found = find(schema, &search, MAX_DEPTH);
    found.filter(|_| search.left.get() > 0).unwrap_or((Shape::Json, false))
}

/// The search for a type's shape.
struct Search<'i> {
    interface: &'i Interface,
    /// How many schemas may still be looked at.
    left: Cell<usize>,
}

/// `None` if the schema allows values of several shapes, or anything.
fn find(schema: &Value, search: &Search<'_>, depth: usize) -> Option<Found> {
    let depth = depth.checked_sub(1)?;
    search.left.set(search.left.get().checked_sub(1)?);
    let schema = schema.as_object()?;
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return find(definition(reference, search.interface)?, search, depth);
    }
    if let Some(all) = schema.get("allOf").and_then(Value::as_array) {
        return if let [only] = all.as_slice() { find(only, search, depth) } else { None };
    }
    if let Some(any) = ["anyOf", "oneOf"].iter().find_map(|key| schema.get(*key)).and_then(Value::as_array) {
        return alternatives(any, search, depth);
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
        "array" => array(schema, search, depth)?,
        "object" => object(schema, search, depth)?,
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
fn alternatives(any: &[Value], search: &Search<'_>, depth: usize) -> Option<Found> {
    let is_null = |schema: &&Value| schema.get("type").and_then(Value::as_str) == Some("null");
    let others: Vec<&Value> = any.iter().filter(|schema| !is_null(schema)).collect();
    let nullable = others.len() < any.len();
    let mut found = others.iter().map(|schema| find(schema, search, depth));
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

fn array(schema: &Map<String, Value>, search: &Search<'_>, depth: usize) -> Option<Shape> {
    if schema.contains_key("prefixItems") {
        return None;
    }
    let (shape, nullable) = find(schema.get("items")?, search, depth)?;
    if shape == (Shape::Int { bits: 8, signed: false }) && !nullable {
        return Some(Shape::Bytes);
    }
    Some(Shape::List(Box::new(Member { name: "item".to_owned(), shape, nullable })))
}

/// The fields of an object in which there are no others. A field of many shapes is JSON.
fn object(schema: &Map<String, Value>, search: &Search<'_>, depth: usize) -> Option<Shape> {
    if schema.get("additionalProperties").is_some_and(|others| *others != Value::Bool(false)) {
        return None;
    }
    let required = |name: &str| {
        schema.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|one| one == name))
    };
    let properties = schema.get("properties")?.as_object()?;
    let members = properties.iter().map(|(name, schema)| {
        let (shape, nullable) = find(schema, search, depth).unwrap_or((Shape::Json, true));
        Member { name: name.clone(), shape, nullable: nullable || !required(name) }
    });
    let members: Vec<Member> = members.collect();
    (!members.is_empty()).then_some(Shape::Struct(members))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_that_unfolds_without_end_is_json() {
        // Eight definitions, whose hundred fields are each the next one: 10^16 fields.
        let mut interface = Interface::new("hostile");
        for level in 0..8 {
            let next = json!({ "$ref": format!("#/$defs/level{}", level + 1) });
            let fields: Map<String, Value> = (0..100).map(|field| (format!("field{field}"), next.clone())).collect();
            let object = json!({ "type": "object", "properties": fields });
            interface.types.insert(format!("level{level}"), object);
        }
        let started = Instant::now();
        assert_eq!(shape(&json!({ "$ref": "#/$defs/level0" }), &interface), (Shape::Json, false));
        assert!(started.elapsed() < Duration::from_mins(1));
    }

    #[test]
    fn a_struct_of_many_fields_is_one() {
        let of = |count| {
            let fields: Map<String, Value> =
                (0..count).map(|field| (format!("field{field:03}"), json!({ "type": "boolean" }))).collect();
            shape(&json!({ "type": "object", "properties": fields }), &Interface::new("wide")).0
        };
        assert!(matches!(of(900), Shape::Struct(members) if members.len() == 900));
        assert_eq!(of(1000), Shape::Json);
    }
}
