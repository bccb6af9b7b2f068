//! Documents of XTP: round trips, and what they cannot express.
#![cfg(feature = "xtp")]

use extism_interface::{Description, rust, xtp};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const NAMES: [&str; 8] = ["a", "count", "type", "isOpen", "Cart", "with$dollar", "yes", "x_1"];

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(&NAMES[..]).prop_map(str::to_owned)
}

/// A type; references lead to the schemas with numbers below `below`, so that there are no circles.
fn typed(below: usize) -> impl Strategy<Value = Value> {
    let simple = prop_oneof![
        Just(json!({ "type": "string" })),
        Just(json!({ "type": "string", "format": "date-time" })),
        Just(json!({ "type": "boolean" })),
        Just(json!({ "type": "integer" })),
        Just(json!({ "type": "integer", "format": "uint8" })),
        Just(json!({ "type": "integer", "format": "int32" })),
        Just(json!({ "type": "integer", "format": "uint64" })),
        Just(json!({ "type": "number" })),
        Just(json!({ "type": "number", "format": "float" })),
        Just(json!({ "type": "buffer" })),
        Just(json!({ "type": "object" })),
        Just(json!({ "type": "string", "enum": ["red", "green"] })),
        (0..below.max(1)).prop_map(move |number| match below {
            0 => json!({ "type": "string" }),
            _ => json!({ "$ref": format!("#/components/schemas/S{number}") }),
        }),
    ];
    let nested = simple.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|items| json!({ "type": "array", "items": items })),
            inner.prop_map(|values| json!({ "type": "object", "additionalProperties": values })),
        ]
    });
    (nested, any::<bool>(), prop::option::of("[a-z: #\\-]{1,12}")).prop_map(|(mut typed, nullable, description)| {
        if nullable {
            typed["nullable"] = json!(true);
        }
        if let Some(description) = description {
            typed["description"] = json!(description);
        }
        typed
    })
}

fn schema(below: usize) -> impl Strategy<Value = Value> {
    let fields = prop::collection::btree_map(name(), (typed(below), any::<bool>()), 1..4);
    fields.prop_map(|fields| {
        let required: Vec<&String> =
            fields.iter().filter(|(_, (_, required))| *required).map(|(name, _)| name).collect();
        let properties: Map<String, Value> = fields.iter().map(|(name, (ty, _))| (name.clone(), ty.clone())).collect();
        let mut schema = json!({ "properties": properties });
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        schema
    })
}

fn parameter(count: usize) -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        Just(None),
        Just(Some(json!({ "type": "string", "contentType": "text/plain; charset=utf-8" }))),
        Just(Some(json!({ "type": "buffer", "contentType": "application/x-binary" }))),
        (0..count).prop_map(|number| {
            Some(json!({ "$ref": format!("#/components/schemas/S{number}"), "contentType": "application/json" }))
        }),
        Just(Some(json!({ "type": "boolean", "contentType": "application/json" }))),
    ]
}

fn functions(count: usize) -> impl Strategy<Value = Map<String, Value>> {
    let function =
        (parameter(count), parameter(count), prop::option::of("[a-z]{1,8}")).prop_map(|(input, output, docs)| {
            let mut function = Map::new();
            for (key, value) in [("input", input), ("output", output), ("description", docs.map(Value::from))] {
                function.extend(value.map(|value| (key.to_owned(), value)));
            }
            Value::Object(function)
        });
    prop::collection::btree_map(name(), function, 1..4).prop_map(|map| map.into_iter().collect())
}

fn document() -> impl Strategy<Value = Value> {
    let schemas = (schema(0), schema(1), schema(2));
    (schemas, functions(3), functions(3)).prop_map(|((s0, s1, s2), exports, imports)| {
        json!({ "version": "v1-draft", "exports": exports, "imports": imports,
            "components": { "schemas": { "S0": s0, "S1": s1, "S2": s2 } } })
    })
}

/// What of a document its functions use.
fn used(document: &Value) -> Value {
    let mut document = document.clone();
    loop {
        let mut rest = document.clone();
        let text = |value: &Value| value.to_string();
        let schemas = document["components"]["schemas"].as_object().cloned().unwrap_or_default();
        let unused = schemas.keys().find(|name| !text(&document).contains(&format!("schemas/{name}\"")));
        match unused {
            None => return document,
            Some(name) => {
                rest["components"]["schemas"].as_object_mut().unwrap().remove(name);
                document = rest;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_is_written_again(document in document()) {
        let description = xtp::read(&document.to_string(), "Shop").unwrap();
        let written = xtp::write(&description);
        prop_assert_eq!(written.omissions, []);
        let again = xtp::read(&written.yaml, "Shop").unwrap();
        prop_assert_eq!(xtp::write(&again).yaml, written.yaml);
        // The description survives too, but for types that nothing uses.
        let of_used = xtp::read(&used(&document).to_string(), "Shop").unwrap();
        prop_assert_eq!(again, of_used);
        prop_assert!(rust::write(&description).contains("pub trait Shop"));
    }
}

#[test]
fn what_cannot_be_expressed_is_left_out_and_explained() {
    let schema = |schema: Value| json!({ "format": "json", "schema": schema });
    let of = |export: &str, output: Value| json!({ "export": export, "output": output });
    let interface = json!({ "name": "Shop", "methods": [
        of("fine", schema(json!({ "type": "string" }))),
        of("sum", schema(json!({ "oneOf": [{ "type": "string" }, { "type": "boolean" }] }))),
        of("tuple", schema(json!({ "type": "array", "prefixItems": [{ "type": "string" }] }))),
        of("tree", schema(json!({ "$ref": "#/$defs/Tree" }))),
        of("number", json!({ "format": "u32" })),
        of("kebab-case", schema(json!({ "type": "string" }))),
        { "export": "several", "encoding": "json-array", "arguments": [{ "name": "a" }, { "name": "b" }],
          "output": { "format": "none" } },
    ], "$defs": { "Tree": { "type": "object", "properties": { "next": { "$ref": "#/$defs/Tree" } } } } });
    let document = xtp::write(&Description::from_json(interface.to_string().as_bytes()).unwrap());
    assert_eq!(
        document.yaml,
        "version: v1-draft\nexports:\n  fine:\n    output:\n      contentType: application/json\n      type: string\n"
    );
    let reasons: Vec<String> = document.omissions.iter().map(ToString::to_string).collect();
    let parts = [
        "`sum`: left out: a sum type: write a structure with an enum of the variants' names",
        "`tuple`: left out: tuples: write a structure",
        "`tree`: left out: `Tree.next`: `Tree` contains itself",
        "`number`: left out: the format `u32`: XTP has JSON, text and bytes; write `Json<..>`",
        "`kebab-case`: left out: the name",
        "`several`: left out: several arguments: send them as an object, by `#[export(args = \"json-object\")]`",
    ];
    assert_eq!(reasons.len(), parts.len(), "{reasons:#?}");
    for (reason, part) in reasons.iter().zip(parts) {
        assert!(reason.starts_with(part), "{reason}");
    }
}

#[test]
fn several_arguments_as_an_object_are_a_structure() {
    let interface = json!({ "name": "Shop", "methods": [{ "export": "add", "encoding": "json-object", "arguments": [
        { "name": "left", "wire": { "schema": { "type": "integer", "format": "int64" } } },
        { "name": "right", "wire": { "schema": { "type": "string" } } }], "output": { "format": "none" } }] });
    let document = xtp::write(&Description::from_json(interface.to_string().as_bytes()).unwrap());
    assert_eq!(document.omissions, []);
    assert!(document.yaml.contains("$ref\": \"#/components/schemas/AddInput\""), "{}", document.yaml);
    let source = rust::write(&xtp::read(&document.yaml, "shop").unwrap());
    assert!(source.contains("fn add(&mut self, input: Json<AddInput>);"), "{source}");
    assert!(source.contains("pub left: i64,"), "{source}");
}
