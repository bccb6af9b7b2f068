//! The plug-ins answer here what they answer under the official runtime.

use std::time::Duration;

use extism_runtime::{Error, Manifest, PluginBuilder, Wasm};
use extism_tests::{fixture, guest};
use serde_json::Value;
use sides_interface::HostFunctions;

use super::MyHost;

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn answers_are_those_of_the_official_runtime() {
    for case in fixture("sides.json").as_array().unwrap() {
        let file = case["plugin"].as_str().unwrap();
        let config = case["config"].as_object().unwrap().iter();
        let config = config.map(|(key, value)| (key.clone(), value.as_str().unwrap()));
        let manifest = Manifest::new([Wasm::file(guest(file))]).with_config(config);
        let mut builder = PluginBuilder::new(manifest).with_timeout(Duration::from_secs(60));
        if file == "sides.wasm" {
            builder = builder.with_functions(HostFunctions(MyHost::default()));
        }
        let mut plugin = builder.build().unwrap();
        for call in case["calls"].as_array().unwrap() {
            let (export, input) = (call["export"].as_str().unwrap(), bytes(call["input"].as_str().unwrap()));
            let found = match plugin.call::<_, Vec<u8>>(export, input) {
                Ok(output) => serde_json::json!({"output": hex(&output)}),
                Err(Error::Guest { code, message, .. }) => serde_json::json!({"code": code, "error": message}),
                Err(error) => panic!("{file}, {export}: {error}"),
            };
            assert_eq!(found, answer(call), "{file}, {call}");
        }
    }
}

/// The recorded answer.
fn answer(call: &Value) -> Value {
    call["answer"].clone()
}
