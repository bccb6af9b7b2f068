use extism_runtime::{
    Error, Json, ValType,
    error::MismatchKind,
    value::{ExternType, FuncType},
};

use crate::{compiled, plugin};

#[test]
fn strings_and_bytes_go_in_and_come_out_owned_or_borrowed() {
    let mut plugin = plugin("");
    assert_eq!(plugin.call::<_, String>("echo", "häuser").unwrap(), "häuser");
    assert_eq!(plugin.call::<_, &str>("echo", String::from("text")).unwrap(), "text");
    assert_eq!(plugin.call::<_, Vec<u8>>("echo", [0_u8, 255]).unwrap(), [0, 255]);
    assert_eq!(plugin.call::<_, &[u8]>("echo", &[1_u8, 2, 3][..]).unwrap(), [1, 2, 3]);
    assert_eq!(plugin.call::<_, &[u8]>("echo", ()).unwrap(), b"");
}

#[test]
fn typed_codecs_go_both_ways() {
    let mut plugin = plugin("");
    let Json(list) = plugin.call::<_, Json<Vec<u32>>>("echo", Json([1, 2])).unwrap();
    assert_eq!(list, [1, 2]);
    assert_eq!(plugin.call::<_, i64>("echo", -5_i64).unwrap(), -5);
    assert_eq!(plugin.call::<_, Option<&str>>("echo", None::<&str>).unwrap(), None);
}

#[test]
fn inputs_larger_than_any_before_grow_the_memory() {
    let mut plugin = plugin("");
    for size in [0, 1, 1 << 10, 65_535, 65_536, 1 << 20, 5 << 20, 3] {
        let input: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
        assert!(plugin.call::<_, &[u8]>("echo", &input).unwrap() == input, "{size} bytes");
    }
}

#[test]
fn a_value_whose_size_is_not_known_beforehand_is_encoded_into_grown_memory() {
    let mut plugin = plugin("");
    let numbers: Vec<u32> = (0..100_000).collect();
    assert_eq!(plugin.call::<_, Json<Vec<u32>>>("echo", Json(&numbers)).unwrap().0, numbers);
}

#[test]
fn output_that_is_no_such_value_is_a_decoding_error_naming_the_export() {
    let mut plugin = plugin("");
    let error = plugin.call::<_, i64>("echo", "abc").unwrap_err();
    let Error::Decode { at, .. } = &error else { panic!("{error}") };
    assert_eq!(at.export_name(), "echo");
    assert!(error.to_string().ends_with("cannot decode the output: expected 8 bytes for i64, got 3"), "{error}");
    let error = plugin.call::<_, &str>("echo", [0xff_u8]).unwrap_err();
    assert!(matches!(error, Error::Decode { .. }), "{error}");
    assert_eq!(plugin.call::<_, &str>("echo", "still works").unwrap(), "still works");
}

#[test]
fn a_value_without_a_representation_is_an_encoding_error() {
    let mut plugin = plugin("");
    let keys = std::collections::BTreeMap::from([((1, 2), 3)]);
    let error = plugin.call::<_, ()>("echo", Json(keys)).unwrap_err();
    assert!(matches!(error, Error::Encode { .. }), "{error}");
    let error = plugin.call::<_, ()>("echo", crate::Growing::default()).unwrap_err();
    assert!(matches!(&error, Error::Encode { source, .. } if source.to_string() == crate::GROWS), "{error}");
    assert_eq!(plugin.call::<_, &str>("echo", "still works").unwrap(), "still works");
}

#[test]
fn a_handle_calls_any_instance_of_its_compiled_plugin() {
    let compiled = compiled("");
    let mut first = compiled.instantiate().unwrap();
    let mut second = compiled.instantiate().unwrap();
    let echo = first.export::<&str, &str>("echo").unwrap();
    for round in 0..3 {
        let text = format!("round {round}");
        assert_eq!(echo.call(&mut first, &text).unwrap(), text);
        assert_eq!(echo.call(&mut second, &text).unwrap(), text);
    }
}

#[test]
fn a_handle_of_another_plugin_is_refused() {
    let mut other = plugin("");
    let echo = plugin("").export::<&str, &str>("echo").unwrap();
    let error = echo.call(&mut other, "x").unwrap_err();
    let Error::Interface(error) = error else { panic!("{error}") };
    assert_eq!(error.mismatches[0].kind, MismatchKind::Foreign);
}

#[test]
fn exports_that_are_missing_or_no_callable_function_are_refused_with_the_reason() {
    let mut plugin = plugin(
        r#"(memory (export "memory") 1)
           (func (export "count_vowels"))
           (func (export "add") (param i32 i32) (result i64) (i64.const 0))"#,
    );
    let mut kind = |name: &str| match plugin.call::<_, ()>(name, ()).unwrap_err() {
        Error::Interface(error) => error.mismatches[0].kind.clone(),
        error => panic!("{error}"),
    };
    assert!(matches!(kind("count_vowel"), MismatchKind::Missing { nearest: Some(name), .. } if name == "count_vowels"));
    assert!(matches!(kind("something_else"), MismatchKind::Missing { nearest: None, .. }));
    assert_eq!(kind("memory"), MismatchKind::NotAFunction);
    let add = FuncType::new([ValType::I32, ValType::I32], [ValType::I64]);
    assert_eq!(kind("add"), MismatchKind::Signature(add));
    assert!(!plugin.function_exists("add") && !plugin.function_exists("memory"));
    assert!(plugin.function_exists("count_vowels"));
}

#[test]
fn exports_and_imports_are_listed_as_the_module_has_them() {
    let plugin = plugin(
        r#"(memory (export "memory") 2 5)
           (global (export "answer") i32 (i32.const 42))
           (func $begin) (start $begin)"#,
    );
    let exports: Vec<_> = plugin.exports().iter().map(|export| (export.name.as_str(), export.ty.to_string())).collect();
    let expected = [("memory", "memory 2..=5 pages"), ("answer", "global i32"), ("echo", "func () -> ()")];
    assert_eq!(exports, expected.map(|(name, ty)| (name, ty.to_owned())));

    let imports = plugin.imports();
    assert_eq!(imports.len(), 17);
    let load = imports.iter().find(|import| import.name == "load_u64").unwrap();
    assert_eq!(load.namespace, "extism:host/env");
    assert_eq!(load.ty, ExternType::Func(FuncType::new([ValType::I64], [ValType::I64])));
    assert!(imports.iter().any(|import| import.name == "config_get"));
}

#[test]
fn an_export_without_result_and_one_that_returns_zero_both_succeed() {
    let mut plugin = plugin(r#"(func (export "zero") (result i32) (i32.const 0)) (func (export "unit"))"#);
    plugin.call::<_, ()>("zero", ()).unwrap();
    plugin.call::<_, ()>("unit", ()).unwrap();
}

#[test]
fn the_guests_error_comes_with_its_code_and_message() {
    let mut plugin = plugin(
        r#"(func (export "fail") (result i32) (call $error_set (call $input)) (i32.const 3))
           (func (export "silent") (result i32) (i32.const 7))
           (func (export "zero_with_error") (result i32) (call $error_set (call $input)) (i32.const 0))"#,
    );
    let mut fail = |export: &str| match plugin.call::<_, ()>(export, "no luck").unwrap_err() {
        Error::Guest { code, message, .. } => (code, message),
        error => panic!("{error}"),
    };
    assert_eq!(fail("fail"), (3, "no luck".into()));
    assert_eq!(fail("silent").0, 7);
    assert_eq!(fail("zero_with_error"), (0, "no luck".into()));
    assert_eq!(plugin.call::<_, &str>("echo", "fine again").unwrap(), "fine again");
}

#[test]
fn a_second_call_does_not_see_the_first_ones_output() {
    let mut plugin = plugin(r#"(func (export "nothing"))"#);
    assert_eq!(plugin.call::<_, &str>("echo", "first").unwrap(), "first");
    assert_eq!(plugin.call::<_, &str>("nothing", "x").unwrap(), "");
}

#[test]
fn reset_frees_every_block() {
    let mut plugin = plugin(
        r#"(global $kept (mut i64) (i64.const 0))
           (func (export "keep") (global.set $kept (call $input)))
           (func (export "kept") (result i32) (i32.wrap_i64 (call $length (global.get $kept))))"#,
    );
    plugin.call::<_, ()>("keep", "abc").unwrap();
    plugin.reset();
    assert!(plugin.call::<_, ()>("kept", ()).is_ok(), "the block is gone, so its length is 0");
}

#[test]
fn a_plugin_has_an_id_of_its_own_that_stays() {
    let compiled = compiled(crate::TRAP);
    let mut plugin = compiled.instantiate().unwrap();
    let id = plugin.id();
    assert_ne!(id, compiled.instantiate().unwrap().id());
    plugin.call::<_, ()>("trap", ()).unwrap_err();
    plugin.call::<_, ()>("echo", ()).unwrap();
    assert_eq!(plugin.id(), id);
}

#[test]
fn a_compiled_plugin_lists_what_its_instances_do() {
    let compiled = compiled(r#"(func (export "add") (param i32)) (memory (export "memory") 1)"#);
    let plugin = compiled.instantiate().unwrap();
    let listed: Vec<_> = compiled.exports().iter().map(|export| (export.name.as_str(), export.is_callable())).collect();
    assert_eq!(listed, [("add", false), ("memory", false), ("echo", true)]);
    assert_eq!(compiled.exports(), plugin.exports());
    assert_eq!(compiled.imports(), plugin.imports());
    assert_eq!(compiled.imports().len(), 17);
    assert!(compiled.function_exists("echo") && !compiled.function_exists("add") && !compiled.function_exists("sub"));
    assert_eq!((compiled.name(), plugin.compiled().name()), (plugin.name(), plugin.name()));
}
