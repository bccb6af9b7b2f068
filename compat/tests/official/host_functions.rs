use std::{fs, io::Write as _};

use extism::{
    CurrentPlugin, EXTISM_USER_MODULE, Error, Function, PTR, Plugin, PluginBuilder, UserData, Val, ValType,
    convert::MemoryHandle, host_fn,
};

use crate::{module, reflect};

host_fn!(pub same(text: String) -> String { Ok(text) });
host_fn!(upper(text: &str) -> String { Ok(text.to_uppercase()) });
host_fn!(nothing() { Ok(()) });

fn panics(_: &mut CurrentPlugin, _: &[Val], _: &mut [Val], _: UserData<()>) -> Result<(), Error> {
    panic!("not to be called")
}

fn call(functions: impl IntoIterator<Item = Function>) -> Result<String, Error> {
    Plugin::new(reflect(), functions, true)?.call("reflect", "Hello")
}

fn function<F>(f: F) -> Function
where
    F: Fn(&mut CurrentPlugin, &[Val], &mut [Val], UserData<()>) -> Result<(), Error> + Send + Sync + 'static,
{
    Function::new("reflect", [PTR], [PTR], UserData::default(), f)
}

#[test]
fn functions_have_namespaces() {
    let here = function(same).with_namespace(EXTISM_USER_MODULE);
    let elsewhere = function(panics).with_namespace("test");
    assert_eq!((here.name(), here.namespace()), ("reflect", Some(EXTISM_USER_MODULE)));
    assert_eq!((here.params(), here.results()), (&[ValType::I64][..], &[PTR][..]));
    assert_eq!(function(same).namespace(), None);
    assert_eq!(call([here, elsewhere]).unwrap(), "Hello");
}

#[test]
fn a_later_function_replaces_an_earlier_one() {
    assert_eq!(call([function(panics), function(upper)]).unwrap(), "HELLO");
}

#[test]
fn functions_without_arguments_and_results_are_called() {
    let text = module(&[], r#"(import "extism:host/user" "f" (func $f)) (func (export "run") (call $f))"#);
    let mut plugin =
        PluginBuilder::new(&text[..]).with_function("f", [], [], UserData::default(), nothing).build().unwrap();
    plugin.call::<(), ()>("run", ()).unwrap();
}

#[test]
fn user_data_is_shared_with_the_host_and_dropped_with_the_plug_in() {
    fn write(
        plugin: &mut CurrentPlugin,
        inputs: &[Val],
        outputs: &mut [Val],
        file: UserData<fs::File>,
    ) -> Result<(), Error> {
        let file = file.get()?;
        let bytes: Vec<u8> = plugin.memory_get_val(&inputs[0])?;
        file.lock().unwrap().write_all(&bytes)?;
        outputs[0] = inputs[0];
        Ok(())
    }

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("written");
    let data = UserData::new(fs::File::create(&path).unwrap());
    let mut plugin = PluginBuilder::new(reflect())
        .with_wasi(true)
        .with_function_in_namespace(EXTISM_USER_MODULE, "reflect", [PTR], [PTR], data.clone(), write)
        .build()
        .unwrap();
    let output: String = plugin.call("reflect", "a".repeat(1024)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), output);
    drop(plugin);
    let UserData::Rust(file) = data else { panic!("no value") };
    assert_eq!(std::sync::Arc::strong_count(&file), 1);
}

#[test]
fn all_numbers_pass() {
    let text = r#"(module
        (import "extism:host/user" "f" (func $f (param i32 i64 f32 f64) (result f64)))
        (import "extism:host/user" "many" (func $many (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i32) (result i32)))
        (func (export "run") (result i32) (i32.trunc_f64_s
            (call $f (i32.const 1) (i64.const 2) (f32.const 3.5) (f64.const 4.5))))
        (func (export "run_many") (result i32) (call $many
            (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7)
            (i64.const 8) (i64.const 9) (i32.const 10))))"#;
    let mut plugin = PluginBuilder::new(text)
        .with_function(
            "f",
            [ValType::I32, ValType::I64, ValType::F32, ValType::F64],
            [ValType::F64],
            UserData::new(()),
            |_, inputs, outputs, _| {
                assert_eq!((inputs[0].unwrap_i32(), inputs[1].i64()), (1, Some(2)));
                assert_eq!(inputs[0].i64(), None);
                let sum = f64::from(inputs[2].unwrap_f32()) + inputs[3].unwrap_f64();
                assert!(matches!(inputs[2], Val::F32(bits) if bits == 3.5_f32.to_bits()));
                outputs[0] = Val::F64((sum - 8.0).to_bits());
                Ok(())
            },
        )
        .with_function(
            "many",
            [vec![PTR; 9], vec![ValType::I32]].concat(),
            [ValType::I32],
            UserData::new(()),
            |_, inputs, outputs, _| {
                outputs[0] = Val::from(inputs[9].unwrap_i32() - i32::try_from(inputs.len())?);
                Ok(())
            },
        )
        .build()
        .unwrap();
    plugin.call::<(), ()>("run", ()).unwrap();
    plugin.call::<(), ()>("run_many", ()).unwrap();
}

#[test]
fn memory_is_read_written_and_freed() {
    let f = function(|plugin, inputs, outputs, _| {
        let handle = plugin.memory_from_val(&inputs[0]).unwrap();
        assert_eq!((handle.offset, handle.len()), (handle.offset(), 5));
        assert_eq!(plugin.memory_handle(handle.offset), Some(handle));
        assert_eq!((plugin.memory_length(handle.offset)?, plugin.memory_length_unsafe(handle.offset)?), (5, 5));
        assert_eq!(plugin.memory_handle(0), Some(MemoryHandle::null()));
        assert_eq!((plugin.memory_handle(handle.offset + 1), plugin.memory_from_val(&Val::I64(0))), (None, None));
        // A part of a block.
        let part = MemoryHandle { offset: handle.offset + 1, length: 3 };
        assert_eq!(plugin.memory_str(part)?, "ell");
        assert!(plugin.memory_bytes(MemoryHandle { offset: u64::MAX, length: 2 }).is_err());
        plugin.memory_str_mut(handle)?.make_ascii_uppercase();
        assert_eq!(plugin.memory_get::<String>(handle)?, "HELLO");
        assert_eq!(plugin.memory_alloc(0)?, MemoryHandle::null());
        assert_eq!(plugin.memory_new("")?, MemoryHandle::null());
        let block = plugin.memory_alloc(3)?;
        plugin.memory_bytes_mut(block)?.copy_from_slice(b"abc");
        plugin.memory_free(block)?;
        assert_eq!(plugin.memory_length(block.offset)?, 0);
        let error = plugin.memory_get_val::<String>(&Val::I64(1)).unwrap_err().to_string();
        assert!(error.contains("invalid memory offset"), "{error}");
        plugin.memory_set_val(&mut outputs[0], "result")
    });
    assert_eq!(call([f]).unwrap(), "result");
}

#[test]
fn variables_manifest_id_and_time_are_those_of_the_plug_in() {
    let f =
        Function::new("reflect", [PTR], [PTR], UserData::new(0), |plugin, inputs, outputs, calls: UserData<i32>| {
            let calls = calls.get()?;
            let mut calls = calls.lock().unwrap();
            let expected = if *calls == 0 { None } else { Some(b"value".to_vec()) };
            assert_eq!(plugin.vars().get("name"), expected.as_ref());
            plugin.vars_mut().insert("name".to_owned(), b"value".to_vec());
            if *calls > 0 {
                plugin.vars_mut().remove("other");
            } else {
                plugin.vars_mut().insert("other".to_owned(), Vec::new());
            }
            assert_eq!(plugin.vars().len(), 2 - usize::from(*calls > 0));
            *calls += 1;
            assert_eq!(plugin.manifest().config["key"], "value");
            assert!(plugin.time_remaining().is_some_and(|left| left.as_secs() <= 60));
            outputs[0] = inputs[0];
            Ok(())
        });
    let manifest = reflect().with_config_key("key", "value").with_timeout(std::time::Duration::from_secs(60));
    let mut plugin = Plugin::new(manifest, [f], true).unwrap();
    plugin.call::<_, ()>("reflect", "x").unwrap();
    plugin.call::<_, ()>("reflect", "x").unwrap();
    assert_eq!(plugin.as_runtime().var("name"), Some(&b"value"[..]));
    assert_eq!(plugin.as_runtime().vars().count(), 1);
}

#[test]
fn a_function_that_returns_another_type_is_an_error() {
    let error = call([function(|_, _, outputs, _| {
        outputs[0] = Val::I32(1);
        Ok(())
    })]);
    assert!(format!("{:?}", error.unwrap_err()).contains("i32"));
}
