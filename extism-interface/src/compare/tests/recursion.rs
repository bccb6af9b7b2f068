//! Types that contain themselves, and very large ones.

use serde_json::{Value, json};

use super::{check, of, read_written, returns, types};
use crate::{Format, compare::compare};

#[test]
fn types_that_contain_themselves_come_to_an_end() {
    check(
        [
            (of("Tree"), of("Tree"), None),
            (of("Tree"), of("Tree2"), None),
            (of("Tree2"), of("Tree"), Some("the plug-in's `Tree` has no field `name`, which the host requires")),
            (of("Circle"), of("Tree"), Some("the types are too large to be compared")),
            (of("Gone"), of("Tree"), None),
        ],
        &types(),
    );
}

#[test]
fn a_pair_that_did_not_fit_once_never_fits() {
    // Both forms lead to the same pair of types, which differ.
    let form = |field: &str| {
        json!({ "type": "object", "properties": { "in": of("Added"), field: { "type": "string" } },
        "required": ["in"] })
    };
    let written = json!({ "type": "object", "properties": { "in": of("Old") }, "required": ["in"] });
    check(
        [(
            json!({ "anyOf": [form("x"), form("y")] }),
            written,
            Some("the plug-in's `Old` has no field `b`, which the host requires (in `result.in`)"),
        )],
        &types(),
    );
}

#[test]
fn what_fitted_only_under_an_assumption_is_compared_again() {
    let object =
        |fields: Value, required: &[&str]| json!({ "type": "object", "properties": fields, "required": required });
    let types = json!({
        "Read": object(json!({ "in": of("InRead"), "z": { "type": "string" } }), &["in", "z"]),
        "InRead": object(json!({ "out": of("Read") }), &["out"]),
        "Written": object(json!({ "in": of("InWritten") }), &["in"]),
        "InWritten": object(json!({ "out": of("Written") }), &["out"]),
    });
    let written =
        object(json!({ "x": object(json!({ "v": of("Written") }), &["v"]), "y": of("InWritten") }), &["x", "y"]);
    // In `x`, `InWritten` fits `InRead` as long as `Written` may fit `Read`, which it does not; another form reads `x`.
    let either = json!({ "anyOf": [object(json!({ "v": of("Read") }), &["v"]), { "type": "object" }] });
    let read = object(json!({ "x": either, "y": of("InRead") }), &["x", "y"]);
    let told = "the plug-in's `Written` has no field `z`, which the host requires (in `result.y.out`)";
    check([(read, written, Some(told))], &types);
}

#[test]
fn what_was_of_no_consequence_in_one_place_is_told_in_another() {
    let either = json!({ "anyOf": [{ "type": "object", "properties": { "v": of("Added") }, "required": ["v"] },
        { "type": "object" }] });
    let read = json!({ "type": "object", "properties": { "x": either, "y": of("Added"), "z": of("Added") },
        "required": ["x"] });
    let written = json!({ "type": "object", "properties": {
        "x": { "type": "object", "properties": { "v": of("Old") }, "required": ["v"] }, "y": of("Old"), "z": of("Old") },
        "required": ["x"] });
    let told = "the plug-in's `Old` has no field `b`, which the host requires (in `result.y`)";
    check([(read, written, Some(told))], &types());
}

#[test]
fn large_and_deep_types_end_soon() {
    // Each type has two fields of the next one, on one side with another name at the end.
    let chain = |last: &str| -> Value {
        let mut types = serde_json::Map::new();
        for index in 0..1000 {
            let next = json!({ "$ref": format!("#/$defs/T{}", index + 1) });
            let schema = json!({ "type": "object", "properties": { "a": next, "b": next }, "required": ["a", "b"] });
            types.insert(format!("T{index}"), schema);
        }
        types.insert("T1000".to_owned(), json!({ "type": last }));
        Value::Object(types)
    };
    let host = returns(of("T0"), &chain("string"), Format::JSON);
    let plugin = returns(of("T0"), &chain("boolean"), Format::JSON);
    let found = compare(&host, &plugin.into());
    assert!(found[0].message.starts_with("the types are nested too deeply to be compared"), "{}", found[0]);
    // Each combines two of the next, which makes far too many alternatives.
    let mut types = serde_json::Map::new();
    for index in 0..30 {
        let next = json!({ "$ref": format!("#/$defs/T{}", index + 1) });
        types.insert(format!("T{index}"), json!({ "anyOf": [next, next], "allOf": [next, next] }));
    }
    types.insert("T30".to_owned(), json!({ "type": "string" }));
    let found = read_written(of("T0"), of("T0"), &Value::Object(types));
    assert_eq!(found, ["`f`: the types are too large to be compared"]);
}
