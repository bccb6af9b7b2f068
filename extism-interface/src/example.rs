//! Examples of values, made of their schemas.

use serde_json::{Map, Value, json};

use crate::{
    Interface,
    schema::{Additional, Alternative, Alternatives, Kinds, Types},
};

/// How deeply an example is nested; deeper, only what is required is in it.
const DEPTH: usize = 6;
/// How deeply it is nested at most.
const MAX_DEPTH: usize = 24;
/// The most values of an example.
const MOST: usize = 500;

/// Returns an example of a value that has a schema of the interface. It is the same for the same schema.
#[must_use]
pub fn example(schema: &Value, interface: &Interface) -> Value {
    let mut examples = Examples { types: Types::of(interface), left: MOST };
    examples.of(schema, 0).unwrap_or(Value::Null)
}

struct Examples<'a> {
    types: Types<'a>,
    left: usize,
}

impl<'a> Examples<'a> {
    /// `None` if the value would be too large, as of a type that always contains itself.
    fn of(&mut self, schema: &'a Value, depth: usize) -> Option<Value> {
        self.left = self.left.checked_sub(1)?;
        if depth > MAX_DEPTH {
            return None;
        }
        if let Some(example) = given(schema) {
            return Some(example.clone());
        }
        let forms = Alternatives::of(schema, self.types).all;
        let is_null = |form: &&Alternative<'_>| form.kinds == Kinds::NULL;
        let (nulls, others): (Vec<_>, Vec<_>) = forms.iter().partition(is_null);
        let (first, second) = if depth < DEPTH { (others, nulls) } else { (nulls, others) };
        first.into_iter().chain(second).find_map(|form| self.form(form, depth))
    }

    fn form(&mut self, form: &Alternative<'a>, depth: usize) -> Option<Value> {
        if let Some(values) = &form.values {
            return values.first().map(|value| (*value).clone());
        }
        match form.kinds.each().filter(|kind| *kind != Kinds::NULL || form.kinds == Kinds::NULL).last()? {
            _ if form.unknown || form.kinds == Kinds::ALL => Some(json!("any JSON")),
            Kinds::OBJECT => self.object(form, depth),
            Kinds::ARRAY => self.array(form, depth),
            Kinds::STRING => Some(text(form).into()),
            Kinds::FRACTION => Some(json!(1.5)),
            Kinds::INTEGER => Some(form.minimum.filter(|least| least.as_i64() > Some(1)).cloned().unwrap_or(json!(1))),
            Kinds::BOOLEAN => Some(json!(true)),
            _ => Some(Value::Null),
        }
    }

    fn object(&mut self, form: &Alternative<'a>, depth: usize) -> Option<Value> {
        let mut object = Map::new();
        for (name, schema) in &form.fields {
            let required = form.required.contains(name);
            if !required && depth >= DEPTH {
                continue;
            }
            match self.of(schema, depth + 1) {
                Some(value) => drop(object.insert((*name).to_owned(), value)),
                None if required => return None,
                None => {}
            }
        }
        let values = match (form.pattern, form.additional) {
            (Some((_, values)), _) => Some(("1", values)),
            (None, Additional::Values(values)) => Some(("key", values)),
            _ => None,
        };
        if let Some((key, schema)) = values
            && depth < DEPTH
            && let Some(value) = self.of(schema, depth + 1)
        {
            object.insert(key.to_owned(), value);
        }
        Some(Value::Object(object))
    }

    fn array(&mut self, form: &Alternative<'a>, depth: usize) -> Option<Value> {
        let mut list = Vec::new();
        for schema in form.prefix {
            list.push(self.of(schema, depth + 1)?);
        }
        let least = form.min_items.unwrap_or(0);
        let wanted = if form.prefix.is_empty() && depth < DEPTH { least.max(1) } else { least };
        while let Some(items) = form.items.filter(|_| (list.len() as u64) < wanted) {
            match self.of(items, depth + 1) {
                Some(value) => list.push(value),
                None if (list.len() as u64) < least => return None,
                None => break,
            }
        }
        Some(list.into())
    }
}

/// The example that the type's author gives.
fn given(schema: &Value) -> Option<&Value> {
    schema.get("examples").and_then(Value::as_array).and_then(|all| all.first()).or_else(|| schema.get("example"))
}

fn text(form: &Alternative<'_>) -> &'static str {
    match form.format {
        Some("date-time") => "2026-01-31T12:00:00Z",
        Some("partial-date-time") => "2026-01-31T12:00:00",
        Some("date") => "2026-01-31",
        Some("time" | "partial-time") => "12:00:00",
        Some("duration") => "PT1H",
        Some("uuid") => "67e55044-10b1-426f-9247-bb680e5fe0c8",
        Some("uri") => "https://example.com/",
        Some("email") => "user@example.com",
        Some("ipv4" | "ip") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("byte") => "aGVsbG8=",
        _ if form.max_length == Some(1) => "a",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_has_all_fields_and_ends() {
        let mut interface = Interface::new("A");
        interface.types = serde_json::from_value(json!({
            "Tree": { "type": "object", "properties": {
                "children": { "type": "array", "items": { "$ref": "#/$defs/Tree" } },
                "name": { "type": "string" },
                "parent": { "anyOf": [{ "$ref": "#/$defs/Tree" }, { "type": "null" }] } },
                "required": ["name"] },
            "Endless": { "type": "object", "properties": { "next": { "$ref": "#/$defs/Endless" } }, "required": ["next"] },
        }))
        .unwrap();
        let tree = example(&json!({ "$ref": "#/$defs/Tree" }), &interface);
        assert_eq!((&tree["name"], &tree["children"][0]["name"]), (&json!("text"), &json!("text")));
        assert_eq!(example(&json!({ "$ref": "#/$defs/Endless" }), &interface), Value::Null);
    }

    #[test]
    fn an_example_has_the_form_that_the_schema_asks_for() {
        let of = |schema: Value| example(&schema, &Interface::new("A"));
        assert_eq!(of(json!({ "type": "integer", "minimum": 5 })), json!(5));
        assert_eq!(of(json!({ "type": ["string", "null"], "format": "uuid" })).as_str().unwrap().len(), 36);
        assert_eq!(of(json!({ "oneOf": [{ "const": "a" }, { "const": "b" }] })), json!("a"));
        assert_eq!(of(json!({ "type": "array", "items": { "type": "boolean" }, "minItems": 2 })), json!([true, true]));
        assert_eq!(
            of(json!({ "type": "object", "additionalProperties": { "type": "number" } })),
            json!({ "key": 1.5 })
        );
        assert_eq!(of(json!({ "type": "array", "prefixItems": [{ "type": "null" }, {}] })), json!([null, "any JSON"]));
        assert_eq!(of(json!({ "type": "integer", "examples": [42] })), json!(42));
    }
}
