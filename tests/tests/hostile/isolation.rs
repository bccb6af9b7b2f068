//! Tests that a failing plug-in never affects another: siblings of the same compiled plug-in and engine
//! continue and return the right results.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use extism_runtime::{CompiledPlugin, Engine, Error, Manifest, Plugin, PluginBuilder, ValType, Wasm};

use crate::{assert_works, builder, error_of, manifest, wat};

/// Has an export for each way in which a call ends. `good` adds the bytes of the input, so that a wrong
/// output is detected.
pub const MIXED: &str = r#"
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

/// The mixed plug-in, with a host function that panics for input that starts with `p`, and fails for input
/// that starts with `e`.
pub fn mixed(engine: &Engine, timeout: Duration) -> CompiledPlugin {
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

/// A limit that no call reaches if it ends by itself, however busy the machine is.
pub const AGES: Duration = Duration::from_mins(5);
/// A limit that every endless call reaches.
const SHORT: Duration = Duration::from_millis(5);

/// Makes a call of one kind after the other, and checks how it ends. `hurried` is an instance whose calls end soon.
fn round(plugin: &mut Plugin, hurried: &mut Plugin, thread: usize, round: usize) {
    let text = format!("thread {thread} round {round}");
    let error = |plugin: &mut Plugin, export: &str, input: &str| {
        let error = error_of(plugin, export, input.as_bytes());
        assert_eq!(error.site().map(|at| (at.plugin_name(), at.export_name())), Some(("hostile", export)));
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
    // Fewer places in the pool than instances, so that some are created outside of it.
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
                    // All but the successful ones.
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
        // It keeps its instance, which counts the calls.
        for count in 1..=2000 {
            assert_eq!(plugin.call::<_, i64>("count", ()).expect("it does well"), count);
        }
        stop.store(true, Ordering::SeqCst);
    });
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

/// `dirty` overwrites its memories and its table, and grows them; `look` returns how much of a new instance's
/// state differs from the module's: of its memory, of the kernel's, of its table and its global.
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
