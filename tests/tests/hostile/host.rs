//! What plug-ins can make the host do: run functions that panic, nest calls, store floods of variables and log lines,
//! decode deeply nested values.

use std::{
    panic::panic_any,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use extism_runtime::{
    BoxError, CompiledPlugin, CurrentPlugin, Engine, Error, HostPanic, Json, LogLevel, Manifest, Msgpack, Plugin,
    PluginBuilder, Val, ValType, Wasm, codec::to_vec, set_log_callback,
};

use crate::{SOON, assert_works, builder, error_of, failure, manifest, plugin, small, wat};

/// An export `f` that gives what a host function makes of its input.
const GIVE_HOSTS: &str = r#"(func (export "f") (call $give (call $host (call $input_offset))))"#;

/// A plug-in whose export `f` calls a host function.
fn calling<F>(callback: F) -> Plugin
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
                *shared.lock().expect("it isn't poisoned") += 1;
                panic!("after the lock");
            }
            _ => results[0] = plugin.put("well")?,
        }
        Ok(())
    });
    for (how, expected) in [
        ("text", "host function `host`: panicked: a text"),
        ("string", "host function `host`: panicked: a string"),
        ("number", "host function `host`: panicked: a value that is no text"),
        ("bomb", "host function `host`: panicked: a value that is no text"),
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

/// Goes down so deep that a second call would not fit onto the stack of a thread, then calls the host.
const DEEP: &str = r#"
    (func $down (param i32)
        (if (local.get 0)
            (then (call $down (i32.sub (local.get 0) (i32.const 1))) (call $log_info (i64.const 0)))
            (else (drop (call $host (i64.const 0))))))
    (func (export "f") (call $down (i32.const 10000)))"#;

#[test]
fn plugins_that_call_each_other_without_end_are_an_error_not_a_stack_overflow() {
    let (slot, depth) = (Arc::new(OnceLock::<CompiledPlugin>::new()), Arc::new(AtomicUsize::new(0)));
    let (own, count) = (Arc::clone(&slot), Arc::clone(&depth));
    let compiled = PluginBuilder::new(manifest(DEEP))
        .with_name("hostile")
        .with_function("host", [ValType::PTR], [ValType::PTR], move |_, _, _| {
            count.fetch_add(1, Ordering::SeqCst);
            own.get().ok_or("not compiled yet")?.instantiate()?.call::<_, ()>("f", ())?;
            Ok(())
        })
        .compile()
        .expect("the plug-in compiles");
    slot.set(compiled.clone()).expect("once");
    // The size of Rust's threads, unless the environment says otherwise.
    let call = thread::Builder::new().stack_size(2 << 20).spawn(move || {
        let mut plugin = compiled.instantiate().expect("an instance");
        let error = error_of(&mut plugin, "f", b"");
        assert_works(&mut plugin);
        error
    });
    let mut error: BoxError = Box::new(call.expect("a thread").join().expect("it ends"));
    for _ in 0..32 {
        let Ok(outer) = error.downcast::<Error>() else { panic!("not as deep") };
        let Error::HostFunction { source, .. } = *outer else { panic!("{outer}") };
        error = source;
    }
    let expected = "plug-in `hostile`, export `f`: plug-ins and host functions call each other more than 32 deep";
    assert_eq!(error.to_string(), expected);
    assert_eq!(depth.load(Ordering::SeqCst), 32);
}

/// A plug-in that calls an endless one by its host function, and the error that this gave.
fn calling_an_endless_one(inner: Duration, outer: Duration) -> (Plugin, Arc<Mutex<Option<String>>>) {
    let endless = manifest(r#"(func (export "spin") (loop $again (br $again)))"#).with_timeout(inner);
    let endless = builder(endless).with_name("inner").compile().expect("the plug-in compiles");
    let seen = Arc::new(Mutex::new(None));
    let error = Arc::clone(&seen);
    let plugin = PluginBuilder::new(manifest(GIVE_HOSTS).with_timeout(outer))
        .with_name("hostile")
        .with_function("host", [ValType::PTR], [ValType::PTR], move |plugin, _, results| {
            let ended = endless.instantiate()?.call::<_, ()>("spin", ()).expect_err("it has no end");
            *error.lock().expect("no panic") = Some(ended.to_string());
            results[0] = plugin.put("the inner call ended")?;
            Ok(())
        })
        .build()
        .expect("the plug-in builds");
    (plugin, seen)
}

#[test]
fn calls_within_calls_end_each_at_their_own_deadline() {
    let inner = "plug-in `inner`, export `spin`: timed out after 100ms; raise the manifest's `timeout_ms` if it may take \
                 longer";
    // The inner one's is first: the outer call goes on.
    let (mut plugin, seen) = calling_an_endless_one(SOON, Duration::from_mins(5));
    assert_eq!(plugin.call::<_, &str>("f", ()).expect("it goes on"), "the inner call ended");
    assert_eq!(seen.lock().expect("no panic").as_deref(), Some(inner));
    // The outer one's is first: it ends when its host function has returned.
    let (mut plugin, seen) = calling_an_endless_one(SOON, Duration::from_millis(1));
    let error = error_of(&mut plugin, "f", b"");
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    assert!([None, Some(inner)].contains(&seen.lock().expect("no panic").as_deref()));
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
    let refused = format!("{offset} Err(\"handle {offset} is no block of the plug-in's memory\")");
    assert_eq!(other.call::<_, &str>("f", "x").expect("a text"), refused);
    // An input so long that a block of the plug-in's own is there: what is read is its own input.
    assert_eq!(other.call::<_, &str>("f", "y".repeat(100)).expect("a text"), refused);
}

#[test]
fn more_calls_within_calls_than_the_pool_has_stacks_run_on_threads() {
    const STACKS: usize = 256;
    const PLUGINS: usize = STACKS + 4;
    let engine = Engine::builder().with_pool_size(300).with_cache(false).build().expect("an engine");
    let builder = |name: &str| PluginBuilder::new(manifest(GIVE_HOSTS)).with_engine(&engine).with_name(name);

    let on_threads = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&on_threads);
    let inner = builder("inner").with_function("host", [ValType::PTR], [ValType::PTR], move |plugin, args, results| {
        let text = plugin.get::<String>(&args[0])?;
        count.fetch_add(usize::from(thread::current().name() == Some("extism-call")), Ordering::SeqCst);
        results[0] = plugin.put(&text)?;
        Ok(())
    });
    let inner = inner.compile().expect("the plug-in compiles");
    let plugins: Vec<_> = (0..PLUGINS).map(|_| inner.instantiate().expect("an instance")).collect();
    let plugins = Mutex::new(plugins);
    let mut outer = builder("outer")
        .with_function("host", [ValType::PTR], [ValType::PTR], move |_, _, _| {
            for (number, plugin) in plugins.lock().map_err(|error| error.to_string())?.iter_mut().enumerate() {
                let text = number.to_string();
                assert_eq!(plugin.call::<_, &str>("f", &text)?, text);
            }
            Ok(())
        })
        .build()
        .expect("the plug-in builds");
    // Each keeps the stack that it had at its first call.
    for round in 1..=2 {
        outer.call::<_, ()>("f", "").expect("all answer");
        assert_eq!(on_threads.load(Ordering::SeqCst), round * (PLUGINS - STACKS));
    }
}

/// A name of 8 bytes for each number, in ASCII.
const NAME: &str = r"
    (func $name (param $at i64) (result i64)
        (call $number (i64.or
            (i64.or
                (i64.and (local.get $at) (i64.const 0x7f))
                (i64.and (i64.shl (local.get $at) (i64.const 1)) (i64.const 0x7f00)))
            (i64.and (i64.shl (local.get $at) (i64.const 2)) (i64.const 0x7f0000)))))";

#[test]
fn variables_without_end_end_at_the_limit() {
    let mut plugin = plugin(&format!(
        r#"{NAME} (func (export "f") (local $at i64) (loop $next
               (call $var_set (call $name (local.get $at)) (call $name (local.get $at)))
               (local.set $at (i64.add (local.get $at) (i64.const 1)))
               (br $next)))"#,
    ));
    let used = allocation_counter::measure(|| {
        let text = failure(&mut plugin, "f", b"");
        let expected = "host function `var_set`: variable `\\u{0}\\u{0}\\u{1}\\u{0}\\u{0}\\u{0}\\u{0}\\u{0}` needs 64 bytes, but \
                        only 0 of `memory.max_var_bytes` (1048576) are left";
        assert_eq!(text, expected);
    });
    assert_eq!(plugin.vars().count(), (1 << 20) / 64);
    assert!(used.bytes_max < 8 << 20, "{used:?}");
    assert_works(&mut plugin);
}

#[test]
fn room_that_variables_had_once_is_given_back() {
    // Sets a thousand variables to nearly all bytes that there are, each in turn, and to 8 bytes before the next one.
    let mut plugin = plugin(&format!(
        r#"{NAME} (func (export "f") (local $at i64) (loop $next
               (call $var_set (call $name (local.get $at)) (call $alloc (i64.const 900000)))
               (call $var_set (call $name (local.get $at)) (call $number (i64.const 1)))
               (local.set $at (i64.add (local.get $at) (i64.const 1)))
               (br_if $next (i64.lt_u (local.get $at) (i64.const 1000)))))"#
    ));
    let used = allocation_counter::measure(|| plugin.call::<_, ()>("f", ()).expect("each fits"));
    assert_eq!(plugin.vars().count(), 1000);
    assert!(used.bytes_max < 8 << 20, "{used:?}");
}

#[test]
fn a_variable_that_is_too_large_is_not_copied() {
    let mut plugin = plugin(
        r#"(func (export "value") (call $var_set (call $number (i64.const 1)) (call $input_offset)))
           (func (export "name") (call $var_set (call $input_offset) (call $number (i64.const 1))))
           (func (export "lookup") (call $give (call $var_get (call $input_offset))))
           (func (export "config") (call $give (call $config_get (call $input_offset))))"#,
    );
    let input = vec![b'a'; 100 << 20];
    let mut used = |export: &str| {
        let mut result = Ok(());
        let used = allocation_counter::measure(|| result = plugin.call::<_, ()>(export, &input));
        assert!(used.bytes_max < 1 << 20, "{export}: {used:?}");
        result.map_err(|error| error.to_string())
    };
    let place = |export| format!("plug-in `hostile`, export `{export}`: host function `var_set`: variable ");
    let expected = r"`\u{1}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}` needs 104857656 bytes, but only 1048576 of `memory.max_var_bytes` (1048576) are left";
    assert_eq!(used("value"), Err(place("value") + expected));
    let expected =
        "... (104857600 bytes)` needs 104857656 bytes, but only 1048576 of `memory.max_var_bytes` (1048576) are left";
    assert_eq!(used("name"), Err(format!("{}`{}{expected}", place("name"), "a".repeat(300))));
    assert_eq!(used("lookup"), Ok(()));
    assert_eq!(used("config"), Ok(()));
    assert_works(&mut plugin);
}

#[test]
fn one_handle_may_be_both_name_and_value() {
    let mut plugin = plugin(
        r#"(func (export "f") (local i64)
               (local.set 0 (call $number (i64.const 65)))
               (call $var_set (local.get 0) (local.get 0))
               (call $give (call $number (call $length (local.get 0)))))"#,
    );
    assert_eq!(plugin.call::<_, i64>("f", ()).unwrap(), 0, "it is freed");
    assert_eq!(plugin.var("A\0\0\0\0\0\0\0"), Some(&b"A\0\0\0\0\0\0\0"[..]));
}

/// What log lines there were of the plug-in with this export `log`, of a megabyte and more.
#[test]
fn log_lines_are_cut_at_a_megabyte_and_end_at_the_deadline() {
    static LONGEST: AtomicUsize = AtomicUsize::new(0);
    static LINES: AtomicUsize = AtomicUsize::new(0);
    set_log_callback(LogLevel::Info, |record| {
        if record.plugin == "logging" {
            LONGEST.fetch_max(record.message.len(), Ordering::SeqCst);
            LINES.fetch_add(1, Ordering::SeqCst);
        }
    });
    let body = r#"
        (func (export "long") (call $log_info (call $input_offset)))
        (func (export "flood") (loop $again (call $log_info (call $number (i64.const 65))) (br $again)))
        (func (export "wild") (call $log_info (i64.const 5)))"#;
    let mut plugin = builder(manifest(body).with_timeout(Duration::from_millis(500)))
        .with_name("logging")
        .build()
        .expect("it builds");
    let input = vec![0xff; 100 << 20];
    let used = allocation_counter::measure(|| plugin.call::<_, ()>("long", &input).expect("a long line"));
    let tail = "... (103809024 more bytes)".len();
    assert_eq!(LONGEST.load(Ordering::SeqCst), 3 * (1 << 20) + tail, "each byte is three in its place");
    assert!(used.bytes_max < 20 << 20, "{used:?}");

    let used = allocation_counter::measure(|| {
        let error = plugin.call::<_, ()>("flood", ()).expect_err("it has no end");
        assert!(matches!(error, Error::Timeout { .. }), "{error}");
    });
    assert!(LINES.load(Ordering::SeqCst) > 100);
    assert!(used.bytes_max < 1 << 20, "{used:?}");
    let error = plugin.call::<_, ()>("wild", ()).expect_err("no handle").to_string();
    assert!(error.ends_with("host function `log_info`: handle 5 is no block of the plug-in's memory"), "{error}");
    set_log_callback(LogLevel::Error, |_| {});
}

#[test]
fn deep_json_is_an_error_not_a_stack_overflow() {
    let mut plugin = plugin("");
    for text in ["[".repeat(1_000_000), "{\"a\":".repeat(1_000_000)] {
        let error = plugin.call::<_, Json<serde_json::Value>>("echo", &text).expect_err("it is deep").to_string();
        assert!(error.contains("cannot decode the output: recursion limit exceeded at line 1 column "), "{error}");
        let error = plugin.call::<_, serde_json::Value>("echo", &text).expect_err("it is deep").to_string();
        assert!(error.contains("cannot decode the output: recursion limit exceeded at line 1 column "), "{error}");
    }
}

#[test]
fn deep_messagepack_is_an_error_not_a_stack_overflow() {
    // Arrays of one element, and maps of one entry, each within the other.
    let (arrays, maps) = (vec![0x91; 1_000_000], [0x81, 0xa1, b'a'].repeat(1_000_000));
    for bytes in [arrays, maps] {
        let decode = move || {
            let error = plugin("").call::<_, Msgpack<serde_json::Value>>("echo", &bytes).expect_err("it is deep");
            error.to_string()
        };
        let call = thread::Builder::new().stack_size(2 << 20).spawn(decode).expect("a thread");
        let error = call.join().expect("it ends");
        assert!(error.ends_with("cannot decode the output: depth limit exceeded"), "{error}");
    }
}

#[test]
fn announced_lengths_are_not_believed() {
    let mut plugin = plugin("");
    let used = allocation_counter::measure(|| {
        for bytes in [
            &[0xdd, 0xff, 0xff, 0xff, 0xff][..],
            &[0xdf, 0xff, 0xff, 0xff, 0xff],
            &[0xdb, 0xff, 0xff, 0xff, 0xff],
            &[0xc6, 0xff, 0xff, 0xff, 0xff],
        ] {
            plugin.call::<_, Msgpack<Vec<String>>>("echo", bytes).expect_err("there is less");
            plugin.call::<_, Msgpack<serde_json::Value>>("echo", bytes).expect_err("there is less");
        }
    });
    assert!(used.bytes_max < 4 << 20, "{used:?}");
}

#[test]
fn an_input_larger_than_the_limit_is_an_error_and_the_next_one_fits() {
    let mut plugin = small("", 4);
    let error = plugin.call::<_, ()>("echo", vec![0; 2 << 20]).expect_err("too much").to_string();
    let expected = "plug-in `hostile`, export `echo`: out of memory: the input takes 2097152 bytes: a memory was to grow to \
                    33 pages, but all memories together may grow by 4 pages, of which 4 are left; raise the manifest's \
                    `memory.max_pages` if it may use more";
    assert_eq!(error, expected);
    assert_works(&mut plugin);
    assert_eq!(to_vec(&Json([1])).expect("it encodes"), b"[1]");
    let _ = (Manifest::new([Wasm::data(wat(""))]), ());
}
