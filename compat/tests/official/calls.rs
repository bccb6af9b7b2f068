use std::sync::{Arc, Mutex};

use extism::{Error, Plugin, PluginBuilder, convert::Json};
use serde_json::Value;

use crate::{guest, module};

const ECHO: &str = r#"(func (export "echo") (call $output_set (call $input_offset) (call $input_length)))"#;

fn echo() -> Plugin {
    Plugin::new(&module(&["input_offset", "input_length", "output_set"], ECHO)[..], [], false).unwrap()
}

#[test]
fn input_and_output_are_converted() {
    let mut plugin = echo();
    assert_eq!(plugin.call::<&str, &str>("echo", "text").unwrap(), "text");
    assert_eq!(plugin.call::<_, Vec<u8>>("echo", [1_u8, 2, 3].as_slice()).unwrap(), [1, 2, 3]);
    assert_eq!(plugin.call::<i64, i64>("echo", -5).unwrap(), -5);
    assert_eq!(plugin.call::<(), Option<String>>("echo", ()).unwrap(), None);
    let Json(value): Json<Value> = plugin.call("echo", Json(serde_json::json!({"a": 1}))).unwrap();
    assert_eq!(value["a"], 1);
    // The error of the conversion itself.
    let error = plugin.call::<&str, Json<Value>>("echo", "{").unwrap_err();
    assert!(error.downcast_ref::<serde_json::Error>().is_some(), "{error:?}");
    let error = plugin.call_get_error_code::<&[u8], String>("echo", &[0xff]).unwrap_err();
    assert!(error.0.is::<std::str::Utf8Error>());
    assert_eq!(error.1, -1);
}

#[test]
fn the_output_may_borrow_and_inputs_of_all_sizes_come_back() {
    let mut plugin = echo();
    for size in (0..70_000).step_by(137) {
        let input = "a".repeat(size);
        assert_eq!(plugin.call::<_, &str>("echo", &input).unwrap(), input);
    }
}

#[test]
fn there_are_more_calls_than_a_store_of_the_engine_has_instances() {
    let mut plugin = echo();
    for _ in 0..10_001 {
        plugin.call::<&str, &str>("echo", "abc").unwrap();
    }
}

#[test]
fn globals_keep_their_values() {
    let text = module(
        &["alloc", "store_u64", "output_set"],
        r#"(global $count (mut i64) (i64.const -1))
        (func (export "count") (local $block i64)
            (global.set $count (i64.add (global.get $count) (i64.const 1)))
            (local.set $block (call $alloc (i64.const 8)))
            (call $store_u64 (local.get $block) (global.get $count))
            (call $output_set (local.get $block) (i64.const 8)))"#,
    );
    let mut plugin = Plugin::new(&text[..], [], true).unwrap();
    for expected in 0..10_001 {
        let count: i64 = plugin.call_with_host_context("count", "", ()).unwrap();
        assert_eq!(count, expected);
    }
}

#[test]
fn threads_share_a_plug_in_behind_a_mutex() {
    let plugin = Arc::new(Mutex::new(PluginBuilder::new(guest("count_vowels")).with_wasi(true).build().unwrap()));
    let threads: Vec<_> = (0..3)
        .map(|_| {
            let plugin = Arc::clone(&plugin);
            std::thread::spawn(move || {
                for _ in 0..10 {
                    let Json(report): Json<Value> =
                        plugin.lock().unwrap().call("count_vowels", "this is a test aaa").unwrap();
                    assert_eq!(report["count"], 7);
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

#[test]
fn a_function_exists_if_it_can_be_called() {
    let text = r#"(module
        (func (export "none"))
        (func (export "code") (result i32) (i32.const 0))
        (func (export "number") (result i64) (i64.const 0))
        (func (export "two") (result i32 i32) (i32.const 0) (i32.const 0))
        (func (export "takes") (param i32))
        (memory (export "memory") 1))"#;
    let mut plugin = Plugin::new(text, [], false).unwrap();
    let exist: Vec<_> = ["none", "code", "number", "two", "takes", "memory", "absent"]
        .into_iter()
        .filter(|name| plugin.function_exists(name))
        .collect();
    assert_eq!(exist, ["none", "code"]);
    let mut text = |name: &str| plugin.call_get_error_code::<(), ()>(name, ()).unwrap_err();
    let absent = text("absent");
    assert_eq!((absent.0.to_string().as_str(), absent.1), ("Function not found: absent", -1));
    assert_eq!(text("two").0.to_string(), "Function two has 2 results, expected 0 or 1");
    assert_eq!(text("takes").0.to_string(), "expected 1 arguments, got 0");
}

#[test]
fn a_plug_in_shows_its_id_and_whether_it_has_wasi() {
    let mut plugin = Plugin::new("(module)", [], true).unwrap();
    assert!(plugin.has_wasi());
    assert_eq!(format!("{plugin:?}"), format!("Plugin({})", plugin.id));
    assert_eq!(plugin.cancel_handle().id, plugin.id);
    plugin.reset().unwrap();
    assert!(!Plugin::new("(module)", [], false).unwrap().has_wasi());
    assert_ne!(Plugin::new("(module)", [], false).unwrap().id, plugin.id);
    assert_eq!(extism::extism_version(), "1.41.0\0");
}

#[test]
fn a_compiled_plug_in_makes_instances_of_their_own() {
    let compiled = PluginBuilder::new(guest("count_vowels")).with_wasi(true).compile().unwrap();
    let total = |plugin: &mut Plugin| -> Result<Value, Error> {
        let Json(report): Json<Value> = plugin.call("count_vowels", "aaa")?;
        Ok(report["total"].clone())
    };
    let mut first = Plugin::new_from_compiled(&compiled).unwrap();
    let mut second = Plugin::new_from_compiled(&compiled.clone()).unwrap();
    assert_eq!(total(&mut first).unwrap(), 3);
    assert_eq!(total(&mut first).unwrap(), 6);
    assert_eq!(total(&mut second).unwrap(), 3);
}
