//! Tests plug-ins that are inspected without being linked, and progress reports while they are built.

use std::sync::{Arc, Mutex};

use extism_runtime::{
    Error, Manifest, PluginBuilder, ValType, Wasm,
    inspect::ImportOrigin,
    interface::Interface,
    plugin::BuildStage,
    value::{ExternType, FuncType},
};

use crate::guest;

#[test]
fn the_stages_of_a_build_are_told_before_they_begin() {
    let stages = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&stages);
    let manifest = Manifest::new([Wasm::data("(module)").with_name("a"), Wasm::data("(module)")]);
    let builder = PluginBuilder::new(manifest);
    builder.with_build_progress(move |stage| told.lock().unwrap().push(stage)).build().unwrap();
    assert_eq!(*stages.lock().unwrap(), [BuildStage::Load, BuildStage::Compile { bytes: 16 }]);
}

#[test]
fn a_plug_in_whose_host_functions_are_not_there_tells_what_it_needs() {
    let inspection = PluginBuilder::new(guest("count_vowels_kvstore.wasm")).inspect().unwrap();
    assert_eq!(inspection.plugin, "count_vowels_kvstore");
    let needed: Vec<_> = inspection.host_imports().map(|import| (&*import.module, import.clone())).collect();
    let types = [FuncType::new([ValType::I64], [ValType::I64]), FuncType::new([ValType::I64, ValType::I64], [])];
    assert_eq!(needed.len(), 2);
    for ((module, import), (name, ty)) in needed.iter().zip(["kv_read", "kv_write"].iter().zip(types)) {
        assert_eq!((*module, &*import.namespace, &*import.name), ("main", "extism:host/user", *name));
        assert_eq!((import.origin, &import.ty), (ImportOrigin::Host, &ExternType::Func(ty)));
    }
    assert!(!inspection.uses_wasi());
}

#[test]
fn an_inspection_checks_an_interface_as_a_linked_plug_in_does() {
    let wat = r#"(module (memory (export "memory") 1) (func (export "add") (param i32)) (func (export "run")))"#;
    let compiled = PluginBuilder::new(wat).with_name("plugin").compile().unwrap();
    let inspection = PluginBuilder::new(wat).with_name("plugin").inspect().unwrap();
    for exports in [&["run"][..], &["runs", "run"], &["memory", "add"], &[]] {
        let methods: Vec<_> = exports.iter().map(|export| serde_json::json!({ "export": export })).collect();
        let interface = serde_json::json!({ "name": "I", "methods": methods });
        let interface: Interface = serde_json::from_value(interface).unwrap();
        let linked = match interface.check(&compiled) {
            Ok(()) => Ok(()),
            Err(Error::Interface(error)) => Err(*error),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(inspection.check(&interface), linked, "{exports:?}");
    }
}

#[test]
fn an_invalid_module_is_not_inspected() {
    let wat = "(module (func (result i32)))";
    let error = PluginBuilder::new(wat).inspect().unwrap_err();
    assert!(matches!(&error, Error::Compile { module, .. } if module == "main"), "{error}");
}

#[test]
fn a_plug_in_of_a_trait_is_told_from_one_of_the_pdk() {
    let kit = |file: &str| PluginBuilder::new(guest(file)).inspect().unwrap().modules[0].pdk.unwrap().to_string();
    assert_eq!(kit("count_vowels_typed.wasm"), "Rust (extism-guest)");
    assert_eq!(kit("count_vowels.wasm"), "Rust (extism-pdk)");
}
