//! A failing plug-in never affects another: siblings of the same compiled plug-in and engine go on and return the right
//! results.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{
    CodecError, CompiledPlugin, Decode, Encode, Engine, Error, Manifest, Plugin, PluginBuilder, Pool, Reuse, ValType,
    Wasm, codec::Writer,
};

use crate::{assert_works, builder, error_of, manifest, wat};

/// Each way in which a call ends. `good` adds the bytes of the input, so that a wrong answer is seen.
const MIXED: &str = r#"
    (memory 1)
    (global $calls (mut i64) (i64.const 0))
    (func (export "good") (local $at i64) (local $sum i64)
        (block $done (loop $next
            (br_if $done (i64.ge_u (local.get $at) (call $input_length)))
            (local.set $sum (i64.add (local.get $sum)
                (i64.extend_i32_u (call $input_load_u8 (local.get $at)))))
            (local.set $at (i64.add (local.get $at) (i64.const 1)))
            (br $next)))
        (call $give (call $number (local.get $sum))))
    (func (export "count")
        (global.set $calls (i64.add (global.get $calls) (i64.const 1)))
        (call $give (call $number (global.get $calls))))
    (func (export "fail") (result i32) (call $error_set (call $input_offset)) (i32.const 7))
    (func (export "trap") (unreachable))
    (func (export "spin") (loop $again (br $again)))
    (func $down (export "overflow") (call $down))
    (func (export "hungry") (loop $again (drop (memory.grow (i32.const 1000))) (unreachable)))
    (func (export "host") (call $give (call $host (call $input_offset))))
    (func (export "remember") (call $var_set (call $number (i64.const 0x65756c6176)) (call $input_offset)))
    (func (export "recall") (call $give (call $var_get (call $number (i64.const 0x65756c6176)))))"#;

/// The mixed plug-in, whose host function panics for input that starts with `p`, and fails for one with `e`.
fn mixed(engine: &Engine, timeout: Duration) -> CompiledPlugin {
    let manifest = Manifest::new([Wasm::data(wat(MIXED))]).with_timeout(timeout).with_memory_max(20);
    PluginBuilder::new(manifest)
        .with_name("hostile")
        .with_engine(engine)
        .with_function("host", [ValType::PTR], [ValType::PTR], |plugin, args, results| {
            let text = plugin.get::<String>(&args[0])?;
            match text.as_bytes().first() {
                Some(b'p') => panic!("{text}"),
                Some(b'e') => Err(text.into()),
                _ => {
                    results[0] = plugin.put(text.to_uppercase())?;
                    Ok(())
                }
            }
        })
        .compile()
        .expect("the plug-in compiles")
}

/// A limit that no call reaches which ends by itself, however busy the machine is.
const AGES: Duration = Duration::from_mins(5);
/// A limit that a call reaches which does not.
const SHORT: Duration = Duration::from_millis(5);

/// Makes a call of one kind after the other, and checks how it ends. `hurried` is an instance whose calls end soon.
fn round(plugin: &mut Plugin, hurried: &mut Plugin, thread: usize, round: usize) {
    let text = format!("thread {thread} round {round}");
    let error = |plugin: &mut Plugin, export: &str, input: &str| {
        let error = error_of(plugin, export, input.as_bytes());
        assert_eq!(error.site().map(|at| (at.plugin(), at.export())), Some(("hostile", export)));
        error
    };
    match (thread * 7 + round) % 10 {
        0 => {
            let sum: i64 = text.bytes().map(i64::from).sum();
            assert_eq!(plugin.call::<_, i64>("good", &text).expect("good"), sum);
        }
        1 => {
            let Error::Guest { code: 7, message, .. } = error(plugin, "fail", &text) else { panic!("fail") };
            assert_eq!(message, text);
        }
        2 => assert!(matches!(error(plugin, "trap", &text), Error::Trap { .. })),
        3 => assert!(matches!(error(hurried, "spin", &text), Error::Timeout { .. })),
        4 => assert!(matches!(error(plugin, "overflow", &text), Error::Trap { .. })),
        5 => assert!(matches!(error(plugin, "hungry", &text), Error::OutOfMemory { .. })),
        6 => assert_eq!(plugin.call::<_, &str>("host", &text).expect("host"), text.to_uppercase()),
        7 => {
            let text = format!("p{text}");
            let Error::HostFunction { source, .. } = error(plugin, "host", &text) else { panic!("panic") };
            assert_eq!(source.to_string(), format!("panicked: {text}"));
        }
        8 => {
            let text = format!("e{text}");
            let Error::HostFunction { source, .. } = error(plugin, "host", &text) else { panic!("error") };
            assert_eq!(source.to_string(), text);
        }
        _ => plugin.call::<_, ()>("remember", &text).expect("remember"),
    }
}

#[test]
fn sixty_four_threads_of_mixed_load_get_each_their_own_answers() {
    // Fewer places in the pool than instances, so that some are made without it.
    let engine = Engine::builder().with_pool_size(40).build().expect("an engine");
    let (compiled, hurried) = (mixed(&engine, AGES), mixed(&engine, SHORT));
    thread::scope(|scope| {
        for thread in 0..64 {
            let (compiled, hurried) = (compiled.clone(), hurried.clone());
            scope.spawn(move || {
                let mut plugin = compiled.instantiate().expect("an instance");
                let mut hurried = hurried.instantiate().expect("an instance");
                plugin.set_var("own", thread.to_string().as_bytes()).expect("it fits");
                for at in 0..40 {
                    round(&mut plugin, &mut hurried, thread, at);
                    assert_eq!(plugin.var("own"), Some(thread.to_string().as_bytes()));
                    let text = format!("{thread} {at}");
                    assert_eq!(plugin.call::<_, &str>("echo", &text).expect("the next call works"), text);
                }
            });
        }
    });
}

#[test]
fn a_neighbour_that_does_well_notices_nothing() {
    let engine = Engine::builder().build().expect("an engine");
    let (compiled, hurried) = (mixed(&engine, AGES), mixed(&engine, SHORT));
    let stop = Arc::new(AtomicBool::new(false));
    thread::scope(|scope| {
        for thread in 0..4 {
            let (compiled, hurried, stop) = (compiled.clone(), hurried.clone(), Arc::clone(&stop));
            scope.spawn(move || {
                let mut plugin = compiled.instantiate().expect("an instance");
                let mut hurried = hurried.instantiate().expect("an instance");
                for at in 0.. {
                    // All but the good ones.
                    if !matches!((thread * 7 + at) % 10, 0 | 6 | 9) {
                        round(&mut plugin, &mut hurried, thread, at);
                    }
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                }
            });
        }
        let mut plugin = compiled.instantiate().expect("an instance");
        // It keeps its instance, as it counts on.
        for count in 1..=2000 {
            assert_eq!(plugin.call::<_, i64>("count", ()).expect("it does well"), count);
        }
        stop.store(true, Ordering::SeqCst);
    });
}

#[test]
fn a_cancel_meets_the_call_that_runs_and_no_other() {
    let engine = Engine::builder().build().expect("an engine");
    let compiled = mixed(&engine, AGES);
    let (mut plugin, mut neighbour) =
        (compiled.instantiate().expect("an instance"), compiled.instantiate().expect("an instance"));
    let handle = plugin.cancel_handle();
    let (stop, cancelled) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    thread::scope(|scope| {
        let (stopped, count) = (Arc::clone(&stop), Arc::clone(&cancelled));
        scope.spawn(move || {
            while !stopped.load(Ordering::SeqCst) {
                if handle.cancel() {
                    count.fetch_add(1, Ordering::SeqCst);
                }
                thread::sleep(Duration::from_micros(200));
            }
        });
        let finished = Arc::clone(&stop);
        scope.spawn(move || {
            while !finished.load(Ordering::SeqCst) {
                assert_eq!(neighbour.call::<_, i64>("good", "abc").expect("nobody cancels it"), 294);
            }
        });
        let mut seen = 0;
        let end = Instant::now() + AGES;
        while seen < 100 && Instant::now() < end {
            let error = error_of(&mut plugin, "spin", b"");
            assert!(matches!(error, Error::Cancelled { .. }), "{error}");
            seen += 1;
            // A short one may end before the cancel reaches it, or be cancelled: nothing else.
            match plugin.call::<_, i64>("good", "abc") {
                Ok(sum) => assert_eq!(sum, 294),
                Err(error) => assert!(matches!(error, Error::Cancelled { .. }), "{error}"),
            }
        }
        stop.store(true, Ordering::SeqCst);
        assert_eq!(seen, 100);
    });
    assert!(cancelled.load(Ordering::SeqCst) >= 100, "each spinning call ended by one");
    assert_works(&mut plugin);
}

#[test]
fn cancels_from_many_threads_end_one_call_once() {
    let engine = Engine::builder().build().expect("an engine");
    let mut plugin = mixed(&engine, AGES).instantiate().expect("an instance");
    for _ in 0..20 {
        let handle = plugin.cancel_handle();
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..8 {
                let (handle, done) = (handle.clone(), &done);
                scope.spawn(move || {
                    while !done.load(Ordering::SeqCst) {
                        handle.cancel();
                        thread::yield_now();
                    }
                });
            }
            assert!(matches!(error_of(&mut plugin, "spin", b""), Error::Cancelled { .. }));
            done.store(true, Ordering::SeqCst);
        });
        assert!(!handle.cancel(), "nothing runs any more");
        assert_works(&mut plugin);
    }
}

#[test]
fn after_each_kind_of_failure_the_next_call_runs_in_a_fresh_instance_with_its_variables() {
    let engine = Engine::builder().build().expect("an engine");
    let mut plugin = mixed(&engine, Duration::from_secs(2)).instantiate().expect("an instance");
    for (export, input, fresh) in [
        ("fail", "why", false),
        ("trap", "", true),
        ("spin", "", true),
        ("overflow", "", true),
        ("hungry", "", true),
        ("host", "panic", true),
        ("host", "error", true),
    ] {
        plugin.call::<_, ()>("remember", export).expect("remember");
        let before = plugin.call::<_, i64>("count", ()).expect("count");
        error_of(&mut plugin, export, input.as_bytes());
        let after = plugin.call::<_, i64>("count", ()).expect("the next call works");
        assert_eq!(after, if fresh { 1 } else { before + 1 }, "{export} {input}");
        assert_eq!(plugin.call::<_, &str>("recall", ()).expect("recall"), export);
    }
}

#[test]
fn a_write_before_a_trap_stays_and_one_that_failed_does_not() {
    let mut plugin = builder(Manifest::new([Wasm::data(wat(r#"(func (export "good_then_trap")
                   (call $var_set (call $number (i64.const 65)) (call $number (i64.const 1))) (unreachable))
               (func (export "bad")
                   (call $var_set (call $number (i64.const 65)) (call $alloc (i64.const 2000000))))"#))]))
    .build()
    .expect("the plug-in builds");
    error_of(&mut plugin, "good_then_trap", b"");
    assert_eq!(plugin.vars().collect::<Vec<_>>(), [("A\0\0\0\0\0\0\0", &1_i64.to_le_bytes()[..])]);
    error_of(&mut plugin, "bad", b"");
    assert_eq!(plugin.vars().collect::<Vec<_>>(), [("A\0\0\0\0\0\0\0", &1_i64.to_le_bytes()[..])]);
}

/// Panics when it is encoded or decoded.
struct Panics;

impl Encode for Panics {
    fn encode(&self, _: &mut Writer<'_>) -> Result<(), CodecError> {
        panic!("while encoding")
    }
}

impl Decode<'_> for Panics {
    fn decode(_: &[u8]) -> Result<Self, CodecError> {
        panic!("while decoding")
    }
}

#[test]
fn a_panic_of_the_hosts_own_that_passes_through_a_call_leaves_the_plugin_usable() {
    let plugin = Mutex::new(builder(Manifest::new([Wasm::data(wat(""))])).build().expect("the plug-in builds"));
    let caught = |call: &(dyn Fn(&mut Plugin) + Sync)| {
        thread::scope(|scope| scope.spawn(|| call(&mut plugin.lock().unwrap_or_else(|lock| lock.into_inner()))).join())
    };
    assert!(caught(&|plugin| drop(plugin.call::<_, ()>("echo", Panics))).is_err());
    assert!(caught(&|plugin| drop(plugin.call::<_, Panics>("echo", "x"))).is_err());
    assert!(caught(&|plugin| assert_works(plugin)).is_ok());
}

/// A plug-in whose export `host` gives the call's context.
fn telling_the_context() -> CompiledPlugin {
    PluginBuilder::new(Manifest::new([Wasm::data(wat(MIXED))]))
        .with_name("hostile")
        .with_function("host", [ValType::PTR], [ValType::PTR], |plugin, _, results| {
            let context = plugin.context::<String>().cloned();
            results[0] = plugin.put(context.unwrap_or_else(|| "none".to_owned()))?;
            Ok(())
        })
        .compile()
        .expect("the plug-in compiles")
}

#[test]
fn a_context_ends_with_its_call_however_that_ends() {
    let mut plugin = telling_the_context().instantiate().expect("an instance");
    let alice = || "Alice".to_owned();
    assert_eq!(plugin.call_with_context::<_, &str, _>("host", (), alice()).expect("a context"), "Alice");
    let panics = catch_unwind(AssertUnwindSafe(|| plugin.call_with_context::<_, (), _>("host", Panics, alice())));
    assert!(panics.is_err());
    assert_eq!(plugin.call::<_, &str>("host", ()).expect("a context"), "none", "after a panic");
    for export in ["trap", "fail", "overflow", "missing"] {
        plugin.call_with_context::<_, (), _>(export, (), alice()).expect_err("it fails");
        assert_eq!(plugin.call::<_, &str>("host", ()).expect("a context"), "none", "after `{export}`");
    }
}

#[test]
fn a_pool_gets_back_what_is_dropped_by_a_panic_and_lends_it_without_its_context() {
    let pool = Pool::new(telling_the_context(), 1);
    let panics = thread::scope(|scope| {
        scope
            .spawn(|| {
                let mut plugin = pool.get(AGES).expect("no error").expect("an instance");
                plugin.set_var("kept", b"yes").expect("it fits");
                drop(plugin.call_with_context::<_, (), _>("host", Panics, "Alice".to_owned()));
            })
            .join()
    });
    assert!(panics.is_err());
    assert_eq!((pool.instances(), pool.idle_instances()), (1, 1));
    let mut plugin = pool.get(Duration::ZERO).expect("no error").expect("the same instance");
    assert_eq!(plugin.var("kept"), Some(&b"yes"[..]));
    assert_eq!(plugin.call::<_, &str>("host", ()).expect("a context"), "none");
}

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
        // The next one's own does.
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

/// Keeps in the kernel's memory what it is given, and gives all of that memory from the input on.
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
                // It writes outside of all blocks. As in its own memory, it may keep there what it likes.
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
        last.set_config([("key", Some("of Alice")), ("other", Some("new"))]);
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
            "cannot wait for an instance of plug-in `hostile`: all {instances} of its pool run calls on this thread, which \
             would wait for itself; a host function that calls its own plug-in needs a larger pool"
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

#[test]
fn a_pools_users_are_served_in_the_order_in_which_they_came() {
    let pool = Pool::new(builder(manifest("")).compile().expect("the plug-in compiles"), 1);
    let user = pool.get(AGES).expect("no error").expect("an instance");
    let order = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for number in 0..8 {
            let (pool, order) = (&pool, &order);
            scope.spawn(move || {
                let _user = pool.get(AGES).expect("no error").expect("an instance");
                order.lock().expect("no panic").push(number);
            });
            // Long enough that it waits before the next one comes.
            thread::sleep(Duration::from_millis(50));
        }
        // Who comes and leaves at once doesn't hold up the others, nor pass them.
        assert!(pool.get(Duration::ZERO).expect("no error").is_none());
        drop(user);
    });
    assert_eq!(order.into_inner().expect("no panic"), (0..8).collect::<Vec<_>>());
}

#[test]
fn dropping_what_others_use_does_them_no_harm() {
    let engine = Engine::builder().build().expect("an engine");
    let compiled = mixed(&engine, Duration::from_secs(2));
    let mut plugin = compiled.instantiate().expect("an instance");
    let handle = plugin.cancel_handle();
    drop((compiled, engine));
    assert!(matches!(error_of(&mut plugin, "spin", b""), Error::Timeout { .. }));
    assert_works(&mut plugin);
    drop(plugin);
    assert!(!handle.cancel());
}

/// `dirty` writes all over its memories and its table, and grows them; `look` gives how much of what a new instance has
/// isn't as the module says: of its memory, of the kernel's, of its table and its global.
const DIRTY: &str = r#"
    (memory 3 64)
    (data (i32.const 70000) "as it was")
    (table $table 40 80 funcref)
    (elem (i32.const 7) func $wrong)
    (global $global (mut i64) (i64.const 5))
    (global $found (mut i64) (i64.const 0))
    (func $wrong (param $is i32) (if (local.get $is)
        (then (global.set $found (i64.add (global.get $found) (i64.const 1))))))
    (func (export "dirty") (local $at i64)
        (drop (memory.grow (i32.const 5)))
        (memory.fill (i32.const 0) (i32.const 0xaa) (i32.mul (memory.size) (i32.const 65536)))
        (drop (table.grow $table (ref.func $wrong) (i32.const 20)))
        (table.fill $table (i32.const 0) (ref.func $wrong) (i32.const 60))
        (table.set $table (i32.const 7) (ref.null func))
        (global.set $global (i64.const 6))
        (drop (call $alloc (i64.const 3000000)))
        (loop $more
            (call $store_u64 (local.get $at) (i64.const -1))
            (local.set $at (i64.add (local.get $at) (i64.const 8)))
            (br_if $more (i64.lt_u (local.get $at) (i64.const 4000000)))))
    (func (export "look") (local $at i64) (local $place i32)
        (call $wrong (i32.ne (memory.size) (i32.const 3)))
        (call $wrong (i32.ne (table.size $table) (i32.const 40)))
        (call $wrong (i64.ne (global.get $global) (i64.const 5)))
        (loop $more
            (call $wrong (i32.xor
                (ref.is_null (table.get $table (local.get $place)))
                (i32.ne (local.get $place) (i32.const 7))))
            (local.set $place (i32.add (local.get $place) (i32.const 1)))
            (br_if $more (i32.lt_u (local.get $place) (i32.const 40))))
        (call $wrong (i64.ne (i64.load (i32.const 70000)) (i64.const 0x6177207469207361)))
        (memory.fill (i32.const 70000) (i32.const 0) (i32.const 9))
        (local.set $place (i32.const 0))
        (loop $more
            (call $wrong (i64.ne (i64.load (local.get $place)) (i64.const 0)))
            (local.set $place (i32.add (local.get $place) (i32.const 8)))
            (br_if $more (i32.lt_u (local.get $place) (i32.const 196608))))
        (loop $more
            (call $wrong (i64.ne (call $load_u64 (local.get $at)) (i64.const 0)))
            (local.set $at (i64.add (local.get $at) (i64.const 8)))
            (br_if $more (i64.lt_u (local.get $at) (i64.const 4000000))))
        (call $give (call $number (global.get $found))))"#;

#[test]
fn a_new_instance_finds_nothing_of_the_one_whose_place_it_has() {
    for pool in [1, 0] {
        let engine = Engine::builder().with_pool_size(pool).with_cache(false).build().expect("an engine");
        let compiled = builder(manifest(DIRTY)).with_engine(&engine).compile().expect("the plug-in compiles");
        for round in 0..10 {
            let mut plugin = compiled.instantiate().expect("an instance");
            let found: u64 = plugin.call("look", ()).expect("it looks");
            assert_eq!(found, 0, "round {round}, pool of {pool}");
            plugin.call::<_, ()>("dirty", vec![0xbb; 200_000]).expect("it writes");
            assert!(plugin.call::<_, u64>("look", ()).expect("it looks") > 600_000 / 8, "it sees what it wrote itself");
        }
    }
}
