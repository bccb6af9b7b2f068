//! Pairs of schemas.
#![allow(clippy::needless_pass_by_value, reason = "the schemas are written where they are used")]

mod functions;
mod recursion;

use serde_json::{Value, json};

use super::compare;
use crate::{Description, Format, Interface, Method, Wire};

/// An interface with a function that returns this.
fn returns(schema: Value, types: &Value, format: Format) -> Interface {
    let mut interface = Interface::new("I");
    let mut method = Method::new("f");
    method.output = Wire::new(format, Some(schema));
    interface.methods = vec![method].into();
    interface.types = serde_json::from_value(types.clone()).unwrap();
    interface
}

/// What a host that reads one schema says of a plug-in that writes the other one.
fn read_written(read: Value, written: Value, types: &Value) -> Vec<String> {
    let host = returns(read, types, Format::JSON);
    let plugin = returns(written, types, Format::JSON);
    compare(&host, &Description::from(plugin)).iter().map(ToString::to_string).collect()
}

fn check(rows: impl IntoIterator<Item = (Value, Value, Option<&'static str>)>, types: &Value) {
    for (read, written, expected) in rows {
        let found = read_written(read.clone(), written.clone(), types);
        let expected: Vec<_> =
            expected.iter().flat_map(|text| text.lines()).map(|text| format!("`f`: {text}")).collect();
        assert_eq!(found, expected, "reads {read}, and is sent {written}");
    }
}

fn integer(format: &str) -> Value {
    json!({ "type": "integer", "format": format })
}

#[test]
fn numbers_may_become_wider() {
    let any = json!({ "type": "integer" });
    let double = json!({ "type": "number", "format": "double" });
    let float = json!({ "type": "number", "format": "float" });
    let small = json!({ "type": "integer", "format": "uint8", "minimum": 0, "maximum": 255 });
    let nonzero = json!({ "type": "integer", "format": "uint32", "minimum": 1 });
    check(
        [
            (integer("uint64"), integer("uint32"), None),
            (integer("int64"), integer("uint32"), None),
            (integer("uint32"), integer("uint64"), Some("the plug-in sends `u64`, the host reads `u32`")),
            (integer("uint64"), integer("int64"), Some("the plug-in sends `i64`, the host reads `u64`")),
            (integer("uint128"), integer("uint64"), None),
            (small.clone(), integer("uint16"), Some("the plug-in sends `u16`, the host reads `u8`")),
            (integer("int16"), small, None),
            (integer("uint32"), nonzero.clone(), None),
            (nonzero, integer("uint32"), Some("the plug-in sends `u32`, the host reads a `u32` that is not 0")),
            (integer("uint8"), any.clone(), None),
            (any, integer("uint64"), None),
            (double.clone(), integer("int64"), None),
            (double.clone(), float.clone(), None),
            (float, double.clone(), None),
            (integer("int64"), double, Some("the plug-in sends a number with a fraction, the host reads an integer")),
        ],
        &json!({}),
    );
}

#[test]
fn kinds_of_values_stay() {
    let text = || json!({ "type": "string" });
    let maybe = json!({ "type": ["string", "null"] });
    let character = json!({ "type": "string", "minLength": 1, "maxLength": 1 });
    let uuid = json!({ "type": "string", "format": "uuid" });
    let list = |items: Value| json!({ "type": "array", "items": items });
    check(
        [
            (text(), json!({ "type": "boolean" }), Some("the plug-in sends true or false, the host reads text")),
            (maybe.clone(), text(), None),
            (text(), maybe, Some("the plug-in may send null, the host requires a value")),
            (text(), character.clone(), None),
            (character, text(), Some("the plug-in sends text, the host reads a single character")),
            (text(), uuid.clone(), None),
            (uuid, text(), Some("the plug-in sends any text, the host reads a `uuid`")),
            (json!(true), text(), None),
            (text(), json!(true), Some("the plug-in sends any JSON, the host reads text")),
            (list(text()), list(text()), None),
            (
                list(text()),
                list(integer("int32")),
                Some("the plug-in sends an integer, the host reads text (in `result[]`)"),
            ),
            (list(text()), text(), Some("the plug-in sends text, the host reads a list")),
        ],
        &json!({}),
    );
}

#[test]
fn tuples_have_the_same_elements() {
    let tuple = |elements: &[Value]| {
        let count = elements.len();
        json!({ "type": "array", "prefixItems": elements, "minItems": count, "maxItems": count })
    };
    let (text, number) = (json!({ "type": "string" }), integer("int32"));
    let pair = tuple(&[text.clone(), number.clone()]);
    let triple = tuple(&[text.clone(), number.clone(), number.clone()]);
    let fixed = json!({ "type": "array", "items": number, "minItems": 2, "maxItems": 2 });
    let list = json!({ "type": "array", "items": number });
    check(
        [
            (pair.clone(), pair.clone(), None),
            (pair.clone(), triple.clone(), Some("the plug-in sends 3 elements, the host reads 2 elements")),
            (
                pair.clone(),
                tuple(&[text.clone(), text]),
                Some("the plug-in sends text, the host reads an integer (in `result[1]`)"),
            ),
            (list.clone(), fixed.clone(), None),
            (fixed, list, Some("the plug-in sends any number of elements, the host reads 2 elements")),
        ],
        &json!({}),
    );
}

fn types() -> Value {
    json!({
        "Old": { "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"] },
        "Added": { "type": "object", "properties": { "a": { "type": "string" }, "b": { "type": "string" } },
            "required": ["a", "b"] },
        "Optional": { "type": "object", "properties": { "a": { "type": "string" }, "b": { "type": ["string", "null"] } },
            "required": ["a"] },
        "Strict": { "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"],
            "additionalProperties": false },
        "Other": { "type": "object", "properties": { "a": { "type": "integer", "format": "int32" } }, "required": ["a"] },
        "Map": { "type": "object", "additionalProperties": { "type": "string" } },
        "ById": { "type": "object", "patternProperties": { "^\\d+$": { "type": "string" } },
            "additionalProperties": false },
        "Tree": { "type": "object", "properties": { "children": { "type": "array", "items": { "$ref": "#/$defs/Tree" } } },
            "required": ["children"] },
        "Tree2": { "type": "object", "properties": {
            "children": { "type": "array", "items": { "$ref": "#/$defs/Tree2" } }, "name": { "type": "string" } },
            "required": ["children", "name"] },
        "Circle": { "$ref": "#/$defs/Circle" },
    })
}

fn of(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

#[test]
fn fields_may_be_added_where_they_are_ignored() {
    check(
        [
            (of("Old"), of("Added"), None),
            (of("Optional"), of("Old"), None),
            (of("Optional"), of("Added"), None),
            (of("Added"), of("Old"), Some("the plug-in's `Old` has no field `b`, which the host requires")),
            (
                of("Added"),
                of("Optional"),
                Some(
                    "the plug-in's `Optional` may leave out the field `b`, which the host requires\n\
                     the plug-in may send null, the host requires a value (in `result.b`)",
                ),
            ),
            (of("Strict"), of("Old"), None),
            (of("Strict"), of("Added"), Some("the host's `Strict` refuses the field `b`, which the plug-in sends")),
            (of("Old"), of("Other"), Some("the plug-in sends an integer, the host reads text (in `result.a`)")),
            (
                json!({ "type": "array", "items": of("Added") }),
                json!({ "type": "array", "items": of("Old") }),
                Some("the plug-in's `Old` has no field `b`, which the host requires (in `result[]`)"),
            ),
        ],
        &types(),
    );
}

#[test]
fn maps_have_the_same_keys_and_values() {
    check(
        [
            (of("Map"), of("Old"), None),
            (of("Map"), of("Other"), Some("the plug-in sends an integer, the host reads text (in `result.a`)")),
            (of("Old"), of("Map"), Some("the plug-in's `Map` has no field `a`, which the host requires")),
            (of("Map"), of("ById"), None),
            (of("ById"), of("Map"), Some("the plug-in sends a map with other keys than the host reads")),
            (
                of("Map"),
                json!({ "type": "object", "additionalProperties": { "type": "boolean" } }),
                Some("the plug-in sends true or false, the host reads text (in `result[]`)"),
            ),
        ],
        &types(),
    );
}

/// A variant as serde writes it by default, and with a tag.
fn external(name: &str, schema: Value) -> Value {
    json!({ "type": "object", "properties": { name: schema }, "required": [name], "additionalProperties": false })
}

fn internal(name: &str, field: &str, schema: Value) -> Value {
    json!({ "type": "object", "properties": { "kind": { "type": "string", "const": name }, field: schema },
        "required": ["kind", field] })
}

#[test]
fn a_writer_may_have_fewer_variants() {
    let text = || json!({ "type": "string" });
    let one = |variants: &[Value]| json!({ "oneOf": variants });
    let units = |names: &[&str]| json!({ "type": "string", "enum": names });
    let square = || external("Square", integer("int32"));
    let (a, b) = (internal("A", "x", text()), internal("B", "y", text()));
    let wrong = internal("B", "z", text());
    check(
        [
            (units(&["A", "B"]), units(&["A"]), None),
            (
                units(&["A"]),
                units(&["A", "B", "C"]),
                Some("the host's type has no variants `B` or `C`, and the plug-in may send them"),
            ),
            (units(&["A", "B"]), text(), Some("the plug-in sends text, the host knows only `A` and `B`")),
            (text(), units(&["A"]), None),
            (one(&[external("Circle", text()), square()]), one(&[square()]), None),
            (
                one(&[square()]),
                one(&[external("Circle", text()), square()]),
                Some("the host's type has no variant `Circle`, and the plug-in may send it"),
            ),
            (
                one(&[external("Circle", text()), square()]),
                one(&[external("Circle", json!({ "type": "boolean" })), square()]),
                Some("the plug-in sends true or false, the host reads text (in `result.Circle`)"),
            ),
            (
                one(&[units(&["None"]), square()]),
                one(&[units(&["None", "Some"]), square()]),
                Some("the host's type has no variant `Some`, and the plug-in may send it"),
            ),
            (one(&[a.clone(), b.clone()]), one(std::slice::from_ref(&b)), None),
            (
                one(&[a.clone(), b]),
                one(&[wrong]),
                Some("the plug-in's object has no field `y`, which the host requires"),
            ),
            (
                one(&[a.clone(), internal("C", "x", text())]),
                one(&[a, internal("D", "x", text())]),
                Some("the host's type has no variant `D`, and the plug-in may send it"),
            ),
            (json!({ "anyOf": [text(), integer("int64")] }), integer("int32"), None),
            (
                json!({ "anyOf": [text(), integer("int8")] }),
                json!({ "type": "boolean" }),
                Some("the plug-in sends true or false, the host reads text or an integer"),
            ),
        ],
        &json!({}),
    );
}

#[test]
fn conditions_may_be_spread() {
    let base = json!({ "type": "object", "properties": { "id": { "type": "string" } }, "required": ["id"] });
    let flat = json!({ "type": "object", "properties": { "id": { "type": "string" }, "a": { "type": "string" } },
        "required": ["id", "a"] });
    check(
        [
            (json!({ "allOf": [base, of("Old")] }), flat.clone(), None),
            (
                json!({ "allOf": [base, of("Added")] }),
                flat.clone(),
                Some("the plug-in's object has no field `b`, which the host requires"),
            ),
            (
                json!({ "type": "object", "properties": { "id": {} }, "required": ["id"],
                    "oneOf": [external("A", json!({})), external("B", json!({}))], "unevaluatedProperties": false }),
                flat,
                Some(
                    "the plug-in's object has no field `A`, which the host requires\n\
                     the host's object refuses the field `a`, which the plug-in sends",
                ),
            ),
        ],
        &types(),
    );
}

#[test]
fn in_messagepack_fields_have_their_places() {
    let compared = |read: Value, written: Value| {
        let host = returns(read, &types(), Format::MSGPACK);
        let plugin = returns(written, &types(), Format::MSGPACK);
        compare(&host, &Description::from(plugin)).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(compared(of("Added"), of("Added")), [""; 0]);
    assert_eq!(
        compared(of("Old"), of("Added")),
        [
            "`f`: the host's `Old` does not have `b`, which the plug-in sends, and MessagePack tells fields by their positions"
        ]
    );
    let swapped = json!({ "type": "object", "properties": { "a": { "type": "string" }, "b": { "type": "string" } },
        "required": ["b", "a"] });
    assert_eq!(
        compared(of("Added"), swapped),
        ["`f`: the host's `Added` has its fields in another order than the plug-in, and MessagePack tells fields by \
          their positions"]
    );
}
