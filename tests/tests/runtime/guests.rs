//! Tests the committed guests, compiled with PDKs.

use extism_runtime::{Manifest, Plugin, PluginBuilder, ValType};

use crate::guest;

#[test]
fn count_vowels_keeps_its_total_in_a_variable() {
    let mut plugin = Plugin::new(guest("count_vowels.wasm")).unwrap();
    for total in [3, 6, 9] {
        let report = plugin.call::<_, serde_json::Value>("count_vowels", "Hello, world!").unwrap();
        assert_eq!(report, serde_json::json!({"count": 3, "total": total, "vowels": "aeiouAEIOU"}));
    }
    assert_eq!(plugin.vars().count(), 1);
}

#[test]
fn count_vowels_kvstore_keeps_its_total_with_the_host() {
    let store = std::sync::Arc::new(std::sync::Mutex::new(std::collections::HashMap::<String, Vec<u8>>::new()));
    let (read, write) = (store.clone(), store.clone());
    let compiled = PluginBuilder::new(guest("count_vowels_kvstore.wasm"))
        .with_function("kv_read", [ValType::PTR], [ValType::PTR], move |plugin, args, results| {
            let key: String = plugin.get(&args[0])?;
            let value = read.lock().unwrap().get(&key).cloned().unwrap_or_default();
            results[0] = plugin.put(value)?;
            Ok(())
        })
        .with_function("kv_write", [ValType::PTR, ValType::PTR], [], move |plugin, args, _| {
            write.lock().unwrap().insert(plugin.get(&args[0])?, plugin.get(&args[1])?);
            Ok(())
        })
        .compile()
        .unwrap();
    for total in [3, 6] {
        let mut plugin = compiled.instantiate().unwrap();
        let report = plugin.call::<_, serde_json::Value>("count_vowels", "Hello, world!").unwrap();
        assert_eq!(report["total"], total);
    }
    assert_eq!(store.lock().unwrap().len(), 1);
}

#[test]
fn guests_of_every_compiler_return_their_input() {
    let input: Vec<u8> = (0..100_000).map(|at| (at % 253) as u8).collect();
    for (file, export) in [("echo.wasm", "echo"), ("echo_pdk.wasm", "echo")] {
        let mut plugin = Plugin::new(guest(file)).unwrap();
        for length in [0, 1, 7, 8, 9, 4096, 100_000] {
            assert!(plugin.call::<_, &[u8]>(export, &input[..length]).unwrap() == &input[..length], "{file} {length}");
        }
    }
}

#[test]
fn reflect_passes_its_input_through_a_host_function() {
    let mut plugin = PluginBuilder::new(Manifest::new([guest("reflect.wasm")]))
        .with_function("reflect", [ValType::PTR], [ValType::PTR], |plugin, args, results| {
            let bytes: Vec<u8> = plugin.get(&args[0])?;
            results[0] = plugin.put(bytes.into_iter().rev().collect::<Vec<u8>>())?;
            Ok(())
        })
        .build()
        .unwrap();
    assert_eq!(plugin.call::<_, &str>("reflect", "abc").unwrap(), "cba");
}
