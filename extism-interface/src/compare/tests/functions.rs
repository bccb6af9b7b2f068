//! Whole functions.

use serde_json::{Value, json};

use super::{integer, of, returns};
use crate::{Description, Format, Interface, Method, Role, compare::compare};

#[test]
fn formats_are_compared_before_types() {
    let host = returns(json!({ "type": "string" }), &json!({}), Format::JSON);
    let plugin = |format| Description::from(returns(json!({ "type": "boolean" }), &json!({}), format));
    let text = |format| compare(&host, &plugin(format)).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(text(Format::MSGPACK), ["`f`: `result`: the plug-in sends MessagePack, the host reads JSON"]);
    assert_eq!(text(Format::NONE), ["`f`: `result`: the plug-in sends nothing, the host reads JSON"]);
    assert_eq!(
        text(Format::of("base64<bytes>")),
        ["`f`: `result`: the plug-in sends `base64<bytes>`, the host reads JSON"]
    );
}

#[test]
fn arguments_go_the_other_way_and_host_functions_again_the_other() {
    let takes = |types: Value, role: Role| -> Interface {
        let method = json!({ "export": "f", "arguments": [
            { "name": "x", "type": "X", "wire": { "format": "json", "schema": types } }] });
        serde_json::from_value(json!({ "name": "I", "role": role, "methods": [method], "$defs": super::types() }))
            .unwrap()
    };
    let text = |role| {
        let (host, plugin) = (takes(of("Old"), role), takes(of("Added"), role));
        compare(&host, &plugin.into()).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(text(Role::Plugin), ["`f`: the host's `Old` has no field `b`, which the plug-in requires"]);
    assert_eq!(text(Role::Host), [""; 0]);
}

#[test]
fn several_arguments_are_compared_as_they_are_packed() {
    let takes = |encoding: &str, arguments: &[(&str, Value)]| -> Interface {
        let arguments: Vec<_> = arguments
            .iter()
            .map(|(name, schema)| json!({ "name": name, "type": "", "wire": { "schema": schema } }))
            .collect();
        serde_json::from_value(json!({ "name": "I",
            "methods": [{ "export": "f", "encoding": encoding, "arguments": arguments }] }))
        .unwrap()
    };
    let (number, text) = (integer("int32"), json!({ "type": "string" }));
    let both = [("a", number.clone()), ("b", text.clone())];
    let host = |encoding| takes(encoding, &both);
    let texts = |host: &Interface, plugin: Interface| {
        compare(host, &plugin.into()).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(texts(&host("json-array"), host("json-array")), [""; 0]);
    assert_eq!(
        texts(&host("json-array"), host("json-object")),
        ["`f`: the host sends the arguments as a JSON array, the plug-in reads a JSON object"]
    );
    assert_eq!(
        texts(&host("json-array"), takes("json-array", &both[..1])),
        ["`f`: the host sends 2 arguments, the plug-in reads 1 argument"]
    );
    assert_eq!(
        texts(&host("json-array"), takes("json-array", &[("a", text.clone()), ("b", text)])),
        ["`f`: the host sends an integer, the plug-in reads text (in `[0]`)"]
    );
    assert_eq!(texts(&host("json-object"), takes("json-object", &both[..1])), [""; 0]);
    assert_eq!(
        texts(&takes("json-object", &both[..1]), host("json-object")),
        ["`f`: the host's object has no field `b`, which the plug-in requires"]
    );
    // One structure with the same fields is the same JSON.
    let one = json!({ "type": "object", "properties": { "a": number }, "required": ["a"] });
    let one: Interface = serde_json::from_value(json!({ "name": "I", "methods": [{ "export": "f",
        "arguments": [{ "name": "args", "wire": { "format": "json", "schema": one } }] }] }))
    .unwrap();
    assert_eq!(texts(&host("json-object"), one), [""; 0]);
}

#[test]
fn what_is_not_described_is_not_compared() {
    let host: Interface = serde_json::from_value(json!({ "name": "I", "methods": [{ "export": "f", "arguments": [
        { "name": "a", "wire": { "format": "json" } }] }] }))
    .unwrap();
    let plugin = Interface { methods: vec![Method::new("g")].into(), ..Interface::new("J") };
    assert_eq!(compare(&host, &plugin.into()), []);
    let bare: Interface = serde_json::from_value(json!({ "name": "I", "methods": [{ "export": "f" }] })).unwrap();
    assert_eq!(compare(&bare, &host.clone().into()), []);
}
