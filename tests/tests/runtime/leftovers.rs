//! What a call leaves for the host to see, and what runs before the first one.

use extism_runtime::{Engine, Error, Function, PluginBuilder, ValType};
use extism_tests::text;

use super::{builder, plugin, wat};

#[test]
fn the_output_of_a_call_that_failed_is_there_if_the_instance_is() {
    let mut plugin = plugin(&format!(
        r#"{}
        (func (export "code") (result i32) (call $give (call $input)) (i32.const 7))
        (func (export "error") (call $error_set (call $text)))
        (func (export "trap") (call $give (call $input)) unreachable)"#,
        text("no luck")
    ));
    assert_eq!((plugin.last_output(), plugin.last_error()), (Some(&b""[..]), None));
    assert!(matches!(plugin.call::<_, ()>("code", "in"), Err(Error::Guest { code: 7, .. })));
    assert_eq!((plugin.last_output(), plugin.last_error()), (Some(&b"in"[..]), None));
    assert!(matches!(plugin.call::<_, ()>("error", "in"), Err(Error::Guest { code: 0, .. })));
    assert_eq!((plugin.last_output(), plugin.last_error()), (Some(&b""[..]), Some(&b"no luck"[..])));
    assert!(matches!(plugin.call::<_, ()>("trap", "in"), Err(Error::Trap { .. })));
    assert_eq!((plugin.last_output(), plugin.last_error()), (None, None));
}

#[test]
fn a_plug_in_is_initialized_once_before_its_first_call_or_with_it() {
    let body = r#"(global $n (mut i32) (i32.const 0))
        (func (export "_initialize") (global.set $n (i32.add (global.get $n) (i32.const 1))))
        (func (export "count") (result i32) (i32.sub (global.get $n) (i32.const 1)))"#;
    let mut plugin = plugin(body);
    plugin.initialize().unwrap();
    plugin.initialize().unwrap();
    plugin.call::<_, ()>("count", ()).unwrap();
    assert_eq!(plugin.usage().calls.total(), 1);
}

#[test]
fn a_failed_initialization_is_tried_again_in_a_new_instance() {
    let body = r#"(func (export "_initialize") unreachable) (func (export "run"))"#;
    let mut plugin = plugin(body);
    for _ in 0..2 {
        assert!(matches!(plugin.initialize(), Err(Error::Trap { .. })));
        assert!(matches!(plugin.call::<_, ()>("run", ()), Err(Error::Trap { .. })));
    }
}

#[test]
fn initialization_that_has_fuel_of_its_own_takes_none_from_the_call() {
    let body = r#"(func (export "_initialize") (local $n i32)
            (local.set $n (i32.const 10000))
            (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
        (func (export "run"))"#;
    let mut plugin = builder(body).with_fuel_limit(1000).with_initialization_fuel_limit(1_000_000).build().unwrap();
    plugin.call::<_, ()>("run", ()).unwrap();
    assert!(plugin.fuel_consumed().unwrap() < 1000);
    // The limit that the error names is the one that was exceeded.
    let mut plugin = builder(body).with_fuel_limit(1000).with_initialization_fuel_limit(100).build().unwrap();
    assert!(matches!(plugin.call::<_, ()>("run", ()), Err(Error::OutOfFuel { limit: 100, .. })));
    let mut plugin = builder(body).with_initialization_fuel_limit(100).build().unwrap();
    assert!(matches!(plugin.call::<_, ()>("run", ()), Err(Error::OutOfFuel { limit: 100, .. })));
}

#[test]
fn a_given_engine_must_have_the_cache_that_the_plug_in_asks_for() {
    let engine = Engine::builder().with_cache(false).build().unwrap();
    PluginBuilder::new(wat("")).with_engine(&engine).with_cache(false).build().unwrap();
    let error = PluginBuilder::new(wat("")).with_engine(&engine).with_cache(true).build().unwrap_err();
    assert!(error.to_string().contains("with_cache"), "{error}");
}

#[test]
fn a_host_function_sees_sets_and_removes_the_error_of_the_call() {
    let f = Function::new("f", [ValType::I64], [], |plugin, arguments, _| {
        assert_eq!(plugin.guest_error(), Some(&b"no luck"[..]));
        // A part of the block that the plug-in passes, which starts there.
        let offset = arguments[0].i64().unwrap().cast_unsigned();
        assert_eq!(plugin.memory_slice(offset + 3, 4)?, b"luck");
        plugin.memory_slice_mut(offset + 3, 4)?.copy_from_slice(b"news");
        assert_eq!(plugin.guest_error(), Some(&b"no news"[..]));
        for (offset, length) in [(0, 1), (u64::MAX, 1), (offset, u64::MAX), (1 << 40, 1)] {
            assert!(plugin.memory_slice(offset, length).is_err() && plugin.memory_slice_mut(offset, length).is_err());
        }
        assert_eq!(plugin.memory_slice(0, 0)?, b"");
        plugin.clear_guest_error();
        assert_eq!(plugin.guest_error(), None);
        let handle = plugin.set_guest_error("of the host")?;
        assert_eq!(plugin.memory_bytes(handle)?, b"of the host");
        plugin.set_var("name", b"value")?;
        assert_eq!(plugin.vars().collect::<Vec<_>>(), [("name", &b"value"[..])]);
        Ok(())
    });
    let body = format!(
        r#"(import "extism:host/user" "f" (func $f (param i64))) {}
        (func (export "run") (local $text i64)
            (local.set $text (call $text))
            (call $error_set (local.get $text))
            (call $f (local.get $text)))"#,
        text("no luck")
    );
    let mut plugin = builder(&body).with_functions(f).build().unwrap();
    let error = plugin.call::<_, ()>("run", ()).unwrap_err();
    assert!(matches!(&error, Error::Guest { message, .. } if message == "of the host"), "{error}");
}
