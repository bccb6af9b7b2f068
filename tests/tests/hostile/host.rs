//! Tests host functions that panic or fail, and handles that do not belong to their caller.

use std::{
    panic::panic_any,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use extism_runtime::{
    CurrentPlugin, Error, Plugin, PluginBuilder, Val, ValType,
    error::{BoxError, HostPanic},
};

use crate::{error_of, failure, manifest};

/// An export `f` that returns a host function's result for its input.
pub const GIVE_HOSTS: &str = r#"(func (export "f") (call $give (call $host (call $input_offset))))"#;

/// A plug-in whose export `f` calls a host function.
pub fn calling<F>(callback: F) -> Plugin
where
    F: Fn(&mut CurrentPlugin<'_>, &[Val], &mut [Val]) -> Result<(), BoxError> + Send + Sync + 'static,
{
    PluginBuilder::new(manifest(GIVE_HOSTS))
        .with_name("hostile")
        .with_function("host", [ValType::PTR], [ValType::PTR], callback)
        .build()
        .expect("the plug-in builds")
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("in drop");
    }
}

#[test]
fn a_panic_in_a_host_function_is_an_error_and_the_plugin_is_usable_afterwards() {
    let state = Arc::new(Mutex::new(0));
    let shared = Arc::clone(&state);
    let mut plugin = calling(move |plugin, args, results| {
        match plugin.get::<&str>(&args[0])? {
            "text" => panic!("a text"),
            "string" => panic!("{}", String::from("a string")),
            "number" => panic_any(42),
            "bomb" => panic_any(Bomb),
            "index" => drop([1, 2, 3][usize::try_from(plugin.memory_length(0)).unwrap_or(0) + 3..].to_vec()),
            "result" => results[7] = Val::I64(0),
            "lock" => {
                *shared.lock().expect("it is not poisoned") += 1;
                panic!("after the lock");
            }
            _ => results[0] = plugin.put("well")?,
        }
        Ok(())
    });
    for (how, expected) in [
        ("text", "host function `host`: panicked: a text"),
        ("string", "host function `host`: panicked: a string"),
        ("number", "host function `host`: panicked: a value that is not text"),
        ("bomb", "host function `host`: panicked: a value that is not text"),
        ("result", "host function `host`: panicked: index out of bounds: the len is 1 but the index is 7"),
        ("lock", "host function `host`: panicked: after the lock"),
    ] {
        let error = error_of(&mut plugin, "f", how.as_bytes());
        assert_eq!(error.to_string(), format!("plug-in `hostile`, export `f`: {expected}"));
        let Error::HostFunction { source, .. } = error else { panic!("{error}") };
        assert!(source.is::<HostPanic>());
        assert_eq!(plugin.call::<_, &str>("f", "else").expect("it is usable"), "well");
    }
    assert_eq!(*state.lock().expect("the guard was dropped before the panic"), 1);
}

#[test]
fn an_error_of_a_host_function_is_shown_escaped() {
    let mut plugin = calling(|plugin, args, _| Err(plugin.get::<String>(&args[0])?.into()));
    assert_eq!(failure(&mut plugin, "f", b"\x1b]0;title\x07"), r"host function `host`: \u{1b}]0;title\u{7}");
}

#[test]
fn a_forged_length_is_not_told_to_host_functions() {
    let body = r#"(func (export "f") (local $handle i64)
        (local.set $handle (call $alloc (i64.const 8)))
        (call $store_u8 (i64.sub (local.get $handle) (i64.const 9)) (i32.const 0x7f))
        (drop (call $host (local.get $handle))))"#;
    let seen = Arc::new(AtomicU64::new(u64::MAX));
    let tell = Arc::clone(&seen);
    let mut plugin = PluginBuilder::new(manifest(body))
        .with_function("host", [ValType::PTR], [ValType::PTR], move |plugin, args, _| {
            let offset = u64::try_from(args[0].i64().unwrap_or(0))?;
            tell.store(plugin.memory_length(offset), Ordering::SeqCst);
            assert_eq!(plugin.memory_find(offset), None);
            Ok(())
        })
        .build()
        .expect("the plug-in builds");
    plugin.call::<_, ()>("f", ()).expect("the handle is none");
    assert_eq!(seen.load(Ordering::SeqCst), 0);
}

#[test]
fn a_handle_of_another_plugin_reaches_nothing_of_that() {
    let handle = Arc::new(Mutex::new(None));
    let given = Arc::clone(&handle);
    let mut one = calling(move |plugin, _, results| {
        let secret = plugin.memory_new(b"a secret of one plug-in")?;
        *given.lock().expect("no panic") = Some(secret);
        results[0] = plugin.put("")?;
        Ok(())
    });
    let mut other = calling(move |plugin, _, results| {
        let handle = handle.lock().expect("no panic").ok_or("one was not called")?;
        let found = plugin.memory_bytes(handle).map(<[u8]>::to_vec).map_err(|error| error.to_string());
        plugin.memory_free(handle);
        results[0] = plugin.put(format!("{} {found:?}", handle.offset()))?;
        Ok(())
    });
    one.call::<_, ()>("f", "x").expect("it gives a handle");
    // After an input of one byte, which takes two, and the next block's header.
    let offset = 640 + 2 + 12;
    let refused = format!("{offset} Err(\"handle {offset} does not refer to a block of the plug-in's memory\")");
    assert_eq!(other.call::<_, &str>("f", "x").expect("a text"), refused);
    // An input so long that the plug-in has its own block at this offset: it reads its own input.
    assert_eq!(other.call::<_, &str>("f", "y".repeat(100)).expect("a text"), refused);
}
