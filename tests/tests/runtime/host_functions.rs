use std::sync::{Arc, Mutex};

use extism_runtime::{
    Error, Function, Plugin, PluginBuilder, Val, ValType,
    error::{HostPanic, LinkProblem, MemoryError},
    host::Handle,
};

use crate::wat;

/// A plug-in that imports `f` with this signature from the default namespace, and calls it like this.
fn importing(ty: &str, body: &str) -> String {
    wat(body).replacen("(module", &format!("(module (import \"extism:host/user\" \"f\" (func $f {ty}))"), 1)
}

const CALL: &str = r#"(func (export "call") (call $give (call $f (call $input))))"#;
const HANDLE_TO_HANDLE: &str = "(param i64) (result i64)";

fn with<F>(callback: F) -> Plugin
where
    F: Fn(&mut extism_runtime::CurrentPlugin<'_>, &[Val], &mut [Val]) -> Result<(), extism_runtime::error::BoxError>
        + Send
        + Sync
        + 'static,
{
    PluginBuilder::new(importing(HANDLE_TO_HANDLE, CALL))
        .with_function("f", [ValType::PTR], [ValType::PTR], callback)
        .build()
        .unwrap()
}

#[test]
fn a_function_decodes_its_argument_and_encodes_its_result() {
    let mut plugin = with(|plugin, args, results| {
        let text: String = plugin.get(&args[0])?;
        results[0] = plugin.put(text.to_uppercase())?;
        Ok(())
    });
    assert_eq!(plugin.call::<_, &str>("call", "shout").unwrap(), "SHOUT");
}

#[test]
fn user_data_is_shared_by_all_instances() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let data = Arc::clone(&seen);
    let compiled = PluginBuilder::new(importing(HANDLE_TO_HANDLE, CALL))
        .with_function("f", [ValType::PTR], [ValType::PTR], move |plugin, args, _| {
            data.lock().map_err(|error| error.to_string())?.push(plugin.get::<String>(&args[0])?);
            Ok(())
        })
        .compile()
        .unwrap();
    compiled.instantiate().unwrap().call::<_, ()>("call", "a").unwrap();
    compiled.instantiate().unwrap().call::<_, ()>("call", "b").unwrap();
    assert_eq!(*seen.lock().unwrap(), ["a", "b"]);
}

#[test]
fn several_parameters_and_results_of_every_type() {
    let module = r#"(module
        (import "math" "mix" (func $mix (param i32 i64 f32 f64) (result f64 i32 i64 f32)))
        (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
        (import "extism:host/env" "store_u64" (func $store (param i64 i64)))
        (import "extism:host/env" "output_set" (func $set (param i64 i64)))
        (func (export "run") (local $o i64) (local $f32 f32) (local $i64 i64) (local $i32 i32) (local $f64 f64)
            (call $mix (i32.const 1) (i64.const 2) (f32.const 3.5) (f64.const 4.25))
            (local.set $f32) (local.set $i64) (local.set $i32) (local.set $f64)
            (local.set $o (call $alloc (i64.const 32)))
            (call $store (local.get $o) (i64.reinterpret_f64 (local.get $f64)))
            (call $store (i64.add (local.get $o) (i64.const 8)) (i64.extend_i32_s (local.get $i32)))
            (call $store (i64.add (local.get $o) (i64.const 16)) (local.get $i64))
            (call $store (i64.add (local.get $o) (i64.const 24))
                (i64.extend_i32_u (i32.reinterpret_f32 (local.get $f32))))
            (call $set (local.get $o) (i64.const 32))))"#;
    let types = [ValType::I32, ValType::I64, ValType::F32, ValType::F64];
    let results = [ValType::F64, ValType::I32, ValType::I64, ValType::F32];
    let mix = Function::new("mix", types, results, |_, args, results| {
        assert_eq!(args, [Val::I32(1), Val::I64(2), Val::F32(3.5), Val::F64(4.25)]);
        results.copy_from_slice(&[Val::F64(-4.5), Val::I32(-1), Val::I64(-2), Val::F32(0.5)]);
        Ok(())
    })
    .with_namespace("math");
    let mut plugin = PluginBuilder::new(module).with_functions(mix).build().unwrap();
    let output = plugin.call::<_, [u8; 32]>("run", ()).unwrap();
    let at = |index: usize| u64::from_le_bytes(output[index * 8..][..8].try_into().unwrap());
    assert_eq!(f64::from_bits(at(0)), -4.5);
    assert_eq!(at(1).cast_signed(), -1);
    assert_eq!(at(2).cast_signed(), -2);
    assert_eq!(f32::from_bits(at(3) as u32), 0.5);
}

#[test]
fn memory_is_found_allocated_freed_read_and_written() {
    let mut plugin = with(|plugin, args, results| {
        let input = plugin.memory_from_val(&args[0])?.ok_or("no input")?;
        assert_eq!(plugin.memory_bytes(input)?, b"abc");
        assert_eq!(plugin.memory_find(input.offset()), Some(input));
        assert_eq!(plugin.memory_find(input.offset() + 1), None);
        plugin.memory_bytes_mut(input)?[0] = b'X';

        let block = plugin.memory_alloc(10)?;
        assert_eq!((block.len(), plugin.memory_length(block.offset())), (10, 10));
        plugin.memory_free(block);
        assert_eq!(plugin.memory_length(block.offset()), 0);
        let Err(MemoryError::InvalidHandle { offset, .. }) = plugin.memory_bytes(block) else {
            return Err("a freed block was read".into());
        };
        assert_eq!(offset, block.offset());
        assert_eq!(plugin.memory_from_val(&Val::I64(0))?, None);
        assert!(matches!(plugin.memory_from_val(&Val::I32(1)), Err(MemoryError::NotAHandle { .. })));

        let whole: Vec<u8> = [plugin.get::<Vec<u8>>(&args[0])?, b"!".to_vec()].concat();
        let new: Handle = plugin.memory_new(whole)?;
        results[0] = new.into();
        Ok(())
    });
    assert_eq!(plugin.call::<_, &str>("call", "abc").unwrap(), "Xbc!");
}

#[test]
fn the_calls_context_is_seen_in_that_call_only() {
    let mut plugin = with(|plugin, _, results| {
        let greeting = match plugin.context_mut::<String>() {
            Some(name) => {
                name.push('!');
                format!("hello {name}")
            }
            None => "hello nobody".to_owned(),
        };
        assert!(plugin.context::<u32>().is_none());
        results[0] = plugin.put(greeting)?;
        Ok(())
    });
    let name = "Ada".to_owned();
    assert_eq!(plugin.call_with_context::<_, &str, _>("call", "x", name).unwrap(), "hello Ada!");
    assert_eq!(plugin.call::<_, &str>("call", "x").unwrap(), "hello nobody");
}

#[test]
fn a_function_reaches_config_variables_and_the_plugins_names() {
    let mut plugin = with(|plugin, args, results| {
        let key: String = plugin.get(&args[0])?;
        let value = plugin.config(&key).unwrap_or("none").to_owned();
        plugin.set_var("seen", value.as_bytes())?;
        let text = format!("{} {} {value}", plugin.name(), plugin.export_name());
        results[0] = plugin.put(text)?;
        Ok(())
    });
    plugin.set_config("colour", "green");
    let expected = format!("{} call green", plugin.name());
    assert_eq!(plugin.call::<_, String>("call", "colour").unwrap(), expected);
    assert_eq!(plugin.var("seen"), Some(&b"green"[..]));
}

#[test]
fn a_function_reads_and_removes_variables_and_knows_the_plugins_id() {
    let mut plugin = with(|plugin, args, results| {
        let name: String = plugin.get(&args[0])?;
        let value = plugin.var(&name).map(<[u8]>::to_vec);
        let removed = plugin.remove_var(&name);
        assert_eq!((&value, plugin.var(&name)), (&removed, None));
        results[0] = plugin.put(format!("{} {value:?}", plugin.id()))?;
        Ok(())
    });
    plugin.set_var("one", b"1").unwrap();
    let id = plugin.id();
    assert_eq!(plugin.call::<_, &str>("call", "one").unwrap(), format!("{id} Some([49])"));
    assert_eq!(plugin.call::<_, &str>("call", "one").unwrap(), format!("{id} None"));
    assert_eq!(plugin.vars().count(), 0);
}

#[test]
fn a_function_can_cancel_the_call_that_it_is_in() {
    let mut plugin = PluginBuilder::new(importing(
        HANDLE_TO_HANDLE,
        r#"(func (export "call") (drop (call $f (call $input))) (loop $again (br $again)))"#,
    ))
    .with_function("f", [ValType::PTR], [ValType::PTR], |plugin, _, _| {
        let handle = plugin.cancel_handle();
        assert!(!plugin.is_cancelled());
        assert!(handle.cancel() && handle.cancel(), "it runs until it has ended");
        assert!(plugin.is_cancelled());
        Ok(())
    })
    .build()
    .unwrap();
    let error = plugin.call::<_, ()>("call", "x").unwrap_err();
    assert!(matches!(error, Error::Cancelled { .. }), "{error}");
    assert!(!plugin.cancel_handle().cancel(), "no call runs");
    assert_eq!(plugin.call::<_, &str>("echo", "next").unwrap(), "next");
}

#[test]
fn a_result_that_grows_each_time_it_is_encoded_is_an_error() {
    let mut plugin = with(|plugin, _, results| {
        results[0] = plugin.put(crate::Growing::default())?;
        Ok(())
    });
    let error = plugin.call::<_, ()>("call", "x").unwrap_err();
    assert!(matches!(&error, Error::HostFunction { source, .. } if source.to_string() == crate::GROWS), "{error}");
}

#[test]
fn an_error_ends_the_call_and_names_the_function() {
    let mut plugin = with(|_, _, _| Err("no such key".into()));
    let error = plugin.call::<_, ()>("call", "x").unwrap_err();
    let Error::HostFunction { at, name, source, .. } = &error else { panic!("{error}") };
    assert_eq!((at.export_name(), name.as_str(), source.to_string().as_str()), ("call", "f", "no such key"));
    assert_eq!(plugin.call::<_, &str>("echo", "next").unwrap(), "next");
}

#[test]
fn a_panic_is_an_error_and_the_plugin_lives_on() {
    let mut plugin = with(|_, _, _| panic!("oh no"));
    let error = plugin.call::<_, ()>("call", "x").unwrap_err();
    let Error::HostFunction { source, .. } = &error else { panic!("{error}") };
    assert_eq!(source.downcast_ref::<HostPanic>().unwrap().message(), "oh no");
    assert_eq!(plugin.call::<_, &str>("echo", "next").unwrap(), "next");
}

#[test]
fn a_result_of_another_type_than_declared_is_an_error() {
    let mut plugin = with(|_, _, results| {
        results[0] = Val::I32(1);
        Ok(())
    });
    let error = plugin.call::<_, ()>("call", "x").unwrap_err();
    assert!(error.to_string().contains("returned an i32"), "{error}");
}

#[test]
fn mistyped_and_duplicate_functions_are_found_when_the_plugin_is_built() {
    let f = || Function::new("f", [ValType::I32], [], |_, _, _| Ok(()));
    let error = PluginBuilder::new(importing(HANDLE_TO_HANDLE, CALL)).with_functions([f(), f()]).build().unwrap_err();
    let Error::Link(error) = error else { panic!("{error}") };
    assert!(matches!(&error.problems[0], LinkProblem::DuplicateFunction { name, .. } if name == "f"), "{error}");
    assert!(matches!(&error.problems[1], LinkProblem::Mistyped { .. }), "{error}");
    assert!(error.to_string().contains("as (i64) -> i64, but the provided function has (i32) -> ()"), "{error}");
}
