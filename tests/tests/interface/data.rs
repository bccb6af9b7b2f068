//! `interface()`.

use extism_runtime::{
    Error, Json,
    interface::{Encoding, Interface, Wire},
    plugin_interface,
};
use serde_json::{Value, json};

/// Counts vowels.
///
/// Also total ones.
#[plugin_interface]
trait VowelCounter {
    /// Counts the vowels of `text`.
    fn count_vowels(&mut self, text: &str) -> Json<Vec<u8>>;
    #[export(name = "countAll", args = "json-object", optional)]
    fn count_all<'a>(&mut self, texts: &'a [&'a str], r#match: Option<(u8, [u8; 4])>) -> Result<Option<u32>, Error>;
    #[export(codec = Msgpack)]
    fn total(&mut self, map: &dyn_free::Map<String, Vec<u8>>) -> u32 {
        u32::try_from(map.len()).unwrap_or(u32::MAX)
    }
    #[cfg(any())]
    fn not_there(&mut self);
    fn reset(&mut self);
}

mod dyn_free {
    pub(super) use std::collections::HashMap as Map;
}

#[test]
fn an_interface_is_data() {
    let interface = VowelCounterPlugin::interface();
    let expected = json!({
        "name": "VowelCounter",
        "docs": "Counts vowels.\n\nAlso total ones.",
        "methods": [
            {
                "name": "count_vowels",
                "export": "count_vowels",
                "docs": "Counts the vowels of `text`.",
                "arguments": [{ "name": "text", "type": "&str" }],
                "encoding": "direct",
                "result": "Json<Vec<u8>>",
                "codec": null,
                "optional": false
            },
            {
                "name": "count_all",
                "export": "countAll",
                "docs": "",
                "arguments": [
                    { "name": "texts", "type": "&'a [&'a str]" },
                    { "name": "match", "type": "Option<(u8, [u8; 4])>" }
                ],
                "encoding": "json-object",
                "result": "Option<u32>",
                "codec": null,
                "optional": true
            },
            {
                "name": "total",
                "export": "total",
                "docs": "",
                "arguments": [{ "name": "map", "type": "&dyn_free::Map<String, Vec<u8>>" }],
                "encoding": "direct",
                "result": "u32",
                "codec": "Msgpack",
                "optional": true
            },
            {
                "name": "reset",
                "export": "reset",
                "docs": "",
                "arguments": [],
                "encoding": "direct",
                "result": "()",
                "codec": null,
                "optional": false
            }
        ]
    });
    let whole = serde_json::to_value(interface).unwrap();
    assert_eq!(&serde_json::from_value::<Interface>(whole.clone()).unwrap(), interface);
    assert_eq!(without_types(whole), expected);
    let method = |name: &str| interface.method(name).unwrap();
    let format = |wire: &Wire| wire.format.as_ref().map(ToString::to_string);
    assert_eq!(interface.version.as_deref(), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(format(&method("count_vowels").arguments[0].wire).unwrap(), "utf8");
    assert_eq!(method("count_vowels").output.schema.as_ref().unwrap()["items"]["format"], "uint8");
    assert_eq!(format(&method("total").arguments[0].wire).unwrap(), "msgpack");
    assert_eq!(format(&method("countAll").input()).unwrap(), "json");
    assert_eq!(method("countAll").input().schema.unwrap()["properties"]["texts"]["items"]["type"], "string");
    assert_eq!(format(&method("reset").input()).unwrap(), "none");
}

/// The interface as it is without what is known of its types.
fn without_types(mut json: Value) -> Value {
    for key in ["format", "version", "$defs"] {
        json.as_object_mut().unwrap().remove(key);
    }
    for method in json["methods"].as_array_mut().unwrap() {
        method.as_object_mut().unwrap().remove("output");
        for argument in method["arguments"].as_array_mut().unwrap() {
            argument.as_object_mut().unwrap().remove("wire");
        }
    }
    json
}

#[test]
fn an_interface_by_hand_needs_names_only() {
    let text = r#"{ "name": "VowelCounter", "methods": [{ "export": "count_vowels" }] }"#;
    let interface: Interface = serde_json::from_str(text).unwrap();
    let method = &interface.methods[0];
    assert_eq!((&*interface.name, &*interface.docs, interface.methods.len()), ("VowelCounter", "", 1));
    assert_eq!((&*method.export, &*method.result, method.encoding), ("count_vowels", "()", Encoding::Direct));
    assert!(!method.optional);
    let error = serde_json::from_str::<Interface>(r#"{ "name": "A", "methods": [], "author": 1 }"#).unwrap_err();
    assert!(error.to_string().starts_with("unknown field `author`"), "{error}");
}
