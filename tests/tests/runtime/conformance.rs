//! The same calls give the same answers as the official runtime gave (`tests/fixtures`).

use std::path::PathBuf;

use extism_runtime::{Manifest, Plugin, PluginBuilder, Wasm};
use serde_json::{Value, json};

use crate::guest;

pub(crate) fn fixture(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The plug-in of a case; its last module is the main one unless the case names them.
fn plugin(case: &Value) -> Plugin {
    let files = case["modules"].as_array().unwrap();
    let wasm = files.iter().enumerate().map(|(index, file)| {
        let name = match case["names"].get(index) {
            Some(name) => text(name),
            None => "main",
        };
        Wasm::file(guest(text(file))).with_name(name)
    });
    let mut manifest = Manifest::new(wasm);
    if let Some(pages) = case["manifest"]["memory"]["max_pages"].as_u64() {
        manifest = manifest.with_memory_max(pages.try_into().unwrap());
    }
    for (key, value) in case["config"].as_object().into_iter().flatten() {
        manifest = manifest.with_config_key(key, text(value));
    }
    PluginBuilder::new(manifest).with_wasi(case["wasi"] == true).build().unwrap()
}

fn input(call: &Value) -> Vec<u8> {
    if let Some(size) = call["size"].as_u64() {
        return (0..size).map(|at| (at * 7 % 256) as u8).collect();
    }
    if let Some(hex) = call["hex"].as_str() {
        return (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    }
    call["input"].as_str().unwrap_or_default().as_bytes().to_vec()
}

fn answer(plugin: &mut Plugin, call: &Value) -> Value {
    match plugin.call::<_, &[u8]>(text(&call["export"]), input(call)) {
        Ok(output) if output.len() < 200 => {
            json!({"output": output.iter().map(|byte| format!("{byte:02x}")).collect::<String>()})
        }
        Ok(output) => json!({"length": output.len(), "sum": output.iter().map(|byte| u64::from(*byte)).sum::<u64>()}),
        Err(_) => json!({"failed": true}),
    }
}

#[test]
fn every_guest_answers_as_under_the_official_runtime() {
    let official = &fixture("official.json")["answers"];
    let mut differences = Vec::new();
    let mut calls = 0;
    for case in fixture("conformance.json").as_array().unwrap() {
        let name = text(&case["name"]);
        let mut plugin = plugin(case);
        for (index, call) in case["calls"].as_array().unwrap().iter().enumerate() {
            let (ours, theirs) = (answer(&mut plugin, call), &official[name][index]);
            if ours != *theirs {
                differences.push(format!("{name}: {call}: {ours}, official {theirs}"));
            }
            calls += 1;
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(calls > 100, "{calls} calls were compared");
}
