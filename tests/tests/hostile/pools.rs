//! Tests pools: what a user leaves behind, and who waits for whom.

use std::{
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use extism_runtime::{Engine, Error, PluginBuilder, Pool, ValType, pool::Reuse};

use crate::{
    builder, error_of,
    isolation::{AGES, MIXED, mixed},
    manifest,
};

#[test]
fn a_cancel_handle_of_a_pooled_instances_last_user_cancels_nothing_of_the_next_ones() {
    let engine = Engine::builder().build().expect("an engine");
    for reuse in [Reuse::Keep, Reuse::ResetState, Reuse::Fresh] {
        let pool =
            Pool::builder(mixed(&engine, Duration::from_secs(1))).with_max_instances(1).with_reuse(reuse).build();
        let last = pool.get(AGES).expect("no error").expect("an instance");
        let handle = last.cancel_handle();
        drop(last);
        let mut next = pool.get(AGES).expect("no error").expect("an instance");
        let done = AtomicBool::new(false);
        let cancelled = thread::scope(|scope| {
            let cancelling = scope.spawn(|| {
                let mut cancelled = false;
                while !done.load(Ordering::SeqCst) {
                    cancelled |= handle.cancel();
                    thread::yield_now();
                }
                cancelled
            });
            let error = error_of(&mut next, "spin", b"");
            done.store(true, Ordering::SeqCst);
            assert!(matches!(error, Error::Timeout { .. }), "{reuse:?}: {error}");
            cancelling.join().expect("no panic")
        });
        assert!(!cancelled, "{reuse:?}");
        // The next user's own handle does.
        let handle = next.cancel_handle();
        let cancelling = thread::spawn(move || {
            while !handle.cancel() {
                thread::yield_now()
            }
        });
        assert!(matches!(error_of(&mut next, "spin", b""), Error::Cancelled { .. } | Error::Timeout { .. }));
        drop(cancelling);
    }
}

/// Keeps its input in the kernel's memory, and returns all of that memory from the input on.
const KEEPING: &str = r#"
    (global $calls (mut i64) (i64.const 0))
    (func (export "take") (local $at i64) (local $copy i64)
        (global.set $calls (i64.add (global.get $calls) (i64.const 1)))
        (local.set $copy (call $alloc (call $input_length)))
        (block $done (loop $next
            (br_if $done (i64.ge_u (local.get $at) (call $input_length)))
            (call $store_u8 (i64.add (local.get $copy) (local.get $at)) (call $input_load_u8 (local.get $at)))
            (local.set $at (i64.add (local.get $at) (i64.const 1)))
            (br $next)))
        (call $output_set (local.get $copy) (call $input_length)))
    (func (export "freed") (local $large i64)
        (local.set $large (call $alloc (i64.const 2000000)))
        (call $store_u64 (i64.add (local.get $large) (i64.const 1900000)) (i64.const 0x5445524345534553))
        (call $free (local.get $large))
        (call $reset))
    (func (export "failed") (result i32) (call $error_set (call $input_offset)) (i32.const 1))
    (func (export "beyond")
        (call $store_u64 (i64.sub (call $memory_bytes) (i64.const 16)) (i64.const 0x5445524345534553)))
    (func (export "look")
        (call $output_set (call $input_offset) (i64.sub (call $memory_bytes) (call $input_offset))))
    (func (export "calls") (call $give (call $number (global.get $calls))))"#;

#[test]
fn the_next_user_of_a_pooled_instance_finds_nothing_of_the_last_ones_calls() {
    const SECRET: &str = "SECRET OF TENANT A";
    let compiled = builder(manifest(KEEPING)).compile().expect("the plug-in compiles");
    for reuse in [Reuse::Keep, Reuse::ResetState, Reuse::Fresh] {
        let pool = Pool::builder(compiled.clone()).with_max_instances(1).with_reuse(reuse).build();
        let long = SECRET.repeat(100_000);
        for (export, input) in
            [("take", SECRET), ("take", &long), ("freed", ""), ("failed", SECRET), ("beyond", ""), ("missing", SECRET)]
        {
            if export == "beyond" && reuse == Reuse::Keep {
                // It writes outside of all blocks. As in its own memory, it may keep anything there.
                continue;
            }
            let mut last = pool.get(AGES).expect("no error").expect("an instance");
            let result = last.call::<_, String>(export, input);
            assert!(export != "take" || result.is_ok_and(|output| output == input));
            drop(last);
            let found = pool.call::<_, Vec<u8>>("look", "x").expect("all of the memory");
            assert!(found.len() > 1_000_000, "{} bytes", found.len());
            let is_secret = |window: &[u8]| window == &SECRET.as_bytes()[..6];
            assert!(!found.windows(6).any(is_secret), "{reuse:?} {export} {}", input.len());
            assert!(found.iter().filter(|byte| **byte != 0).count() <= 64, "{reuse:?}: nothing but the own input");
        }
        let calls = pool.call::<_, i64>("calls", ()).expect("a number");
        assert_eq!(calls, if reuse == Reuse::Fresh { 0 } else { 2 }, "{reuse:?}: the memory of its own");
    }
}

#[test]
fn variables_and_configuration_go_on_to_the_next_user_only_if_the_pool_keeps_them() {
    let manifest = manifest("").with_config_key("key", "of the manifest");
    let compiled = builder(manifest).compile().expect("the plug-in compiles");
    for (reuse, kept) in [(Reuse::Keep, true), (Reuse::ResetState, false), (Reuse::Fresh, false)] {
        let pool = Pool::builder(compiled.clone()).with_max_instances(1).with_reuse(reuse).build();
        let mut last = pool.get(AGES).expect("no error").expect("an instance");
        last.set_var("name", b"Alice").expect("it fits");
        last.set_config("key", "of Alice");
        last.set_config("other", "new");
        let id = last.id();
        drop(last);
        let next = pool.get(AGES).expect("no error").expect("an instance");
        let found = (next.var("name"), next.config("key"), next.config("other"));
        let expected = match kept {
            true => (Some(&b"Alice"[..]), Some("of Alice"), Some("new")),
            false => (None, Some("of the manifest"), None),
        };
        assert_eq!(found, expected, "{reuse:?}");
        assert_eq!(next.id() == id, reuse != Reuse::Fresh, "{reuse:?}");
    }
}

/// A plug-in whose host function takes an instance of the pool that it is called from.
fn calling_itself(instances: usize) -> (Pool, Arc<Mutex<Vec<String>>>) {
    let (slot, errors) = (Arc::new(OnceLock::<Pool>::new()), Arc::new(Mutex::new(Vec::new())));
    let (own, seen) = (Arc::clone(&slot), Arc::clone(&errors));
    let compiled = PluginBuilder::new(manifest(MIXED))
        .with_name("hostile")
        .with_function("host", [ValType::PTR], [ValType::PTR], move |plugin, args, results| {
            let text = plugin.get::<String>(&args[0])?;
            let result = own.get().ok_or("there is a pool")?.call::<_, String>("host", format!("{text}."));
            let text = result.unwrap_or_else(|error| {
                seen.lock().expect("no panic").push(error.to_string());
                text
            });
            results[0] = plugin.put(text)?;
            Ok(())
        })
        .compile()
        .expect("the plug-in compiles");
    let pool = slot.get_or_init(|| Pool::new(compiled, instances)).clone();
    (pool, errors)
}

#[test]
fn waiting_in_a_host_function_for_the_instance_that_calls_it_is_an_error() {
    for instances in 1..=3 {
        let (pool, errors) = calling_itself(instances);
        let dots = ".".repeat(instances - 1);
        assert_eq!(pool.call::<_, String>("host", "a").expect("it ends"), format!("a{dots}"));
        let expected = format!(
            "cannot wait for an instance of plug-in `hostile`: all {instances} instances of its pool run calls that \
             wait for this one; a host function that calls its own plug-in needs a larger pool"
        );
        assert_eq!(*errors.lock().expect("no panic"), [expected]);
        assert_eq!((pool.instances(), pool.idle_instances()), (instances, instances), "all come back");
    }
}

#[test]
fn an_instance_that_another_thread_uses_is_waited_for() {
    let (pool, errors) = calling_itself(2);
    let user = pool.get(AGES).expect("no error").expect("an instance");
    let text = thread::scope(|scope| {
        let calling = scope.spawn(|| pool.call::<_, String>("host", "a"));
        thread::sleep(Duration::from_millis(50));
        drop(user);
        calling.join().expect("no panic").expect("it ends")
    });
    assert_eq!(text, "a.");
    assert_eq!(errors.lock().expect("no panic").len(), 1, "that of the third");
}
