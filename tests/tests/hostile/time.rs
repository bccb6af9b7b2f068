//! Tests that endless code and endless calls of the host end at the call's deadline.

use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{Error, Manifest, Plugin, PluginBuilder, ValType, Wasm};

use crate::{SOON, TIMED_OUT, assert_works, builder, error_of, failure, limited, manifest, plugin, wat};

/// Longer than any operation that ends by itself takes.
const LONG: Duration = Duration::from_mins(2);

/// A module that also imports from WASI, so that it runs on a separate stack. Its calls end soon.
fn wasi(body: &str) -> Plugin {
    wasi_within(body, SOON)
}

fn wasi_within(body: &str, limit: Duration) -> Plugin {
    let imports = r#"(module
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))"#;
    let wat = wat(&format!(r#"(memory (export "memory") 1) {body}"#)).replacen("(module", imports, 1);
    let manifest = Manifest::new([Wasm::data(wat)]).with_timeout(limit);
    builder(manifest).with_wasi(true).build().expect("the plug-in builds")
}

/// Never ends, in several ways.
const ENDLESS: [&str; 6] = [
    "(loop $again (br $again))",
    "(loop $again (br_if $again (i32.const 1)))",
    "(loop $again (br_table $again $again (i32.const 7)))",
    "(block $b (loop $again (block $c (br_table $c $c (i32.const 0))) (br $again)))",
    "(return_call $self)",
    "(return_call_indirect (i32.const 0))",
];

#[test]
fn endless_loops_end_at_the_deadline() {
    for body in ENDLESS {
        let body = format!(r#"(table funcref (elem $self)) (func $self (export "f") {body})"#);
        for mut plugin in [limited(&body), wasi(&body)] {
            assert_eq!(failure(&mut plugin, "f", b""), TIMED_OUT, "{body}");
            assert_works(&mut plugin);
        }
    }
}

#[test]
fn start_functions_and_initializers_without_end_end_at_the_deadline() {
    let endless = "(loop $again (br $again))";
    for body in [
        format!("(func $begin {endless}) (start $begin)"),
        format!(r#"(func (export "_initialize") {endless})"#),
        format!(r#"(func (export "__wasm_call_ctors") {endless})"#),
        format!(r#"(func (export "hs_init") (param i32 i32) {endless})"#),
    ] {
        for mut plugin in [limited(&body), wasi(&body)] {
            // Each call is the first call of an instance.
            assert_eq!(failure(&mut plugin, "echo", b""), TIMED_OUT, "{body}");
            assert_eq!(failure(&mut plugin, "echo", b""), TIMED_OUT, "{body}");
        }
    }
}

#[test]
fn a_librarys_start_function_without_end_ends_at_the_deadline() {
    let library = r#"(module (func (export "f")) (func $begin (loop $again (br $again))) (start $begin))"#;
    let main = wat("").replacen("(module", r#"(module (import "lib" "f" (func))"#, 1);
    let manifest = Manifest::new([Wasm::data(library).with_name("lib"), Wasm::data(main).with_name("main")]);
    let mut plugin = builder(manifest.with_timeout(SOON)).build().expect("the plug-in builds");
    assert_eq!(failure(&mut plugin, "echo", b""), TIMED_OUT);
}

#[test]
fn calling_the_host_in_a_loop_ends_at_the_deadline() {
    for call in [
        "(drop (call $host (i64.const 0)))",
        "(call $log_info (call $number (i64.const 65)))",
        "(call $log_error (call $number (i64.const 65)))",
        "(call $var_set (call $number (i64.const 65)) (call $number (i64.const 66)))",
        "(drop (call $var_get (call $number (i64.const 65))))",
        "(drop (call $config_get (call $number (i64.const 65))))",
        "(drop (call $http_status_code))",
        "(drop (call $http_headers))",
        "(call $free (call $alloc (i64.const 100)))",
        "(call $error_set (call $number (i64.const 65))) (call $reset)",
    ] {
        let body = format!(r#"(func (export "f") (loop $again {call} (br $again)))"#);
        for mut plugin in [limited(&body), wasi(&body)] {
            assert_eq!(failure(&mut plugin, "f", b""), TIMED_OUT, "{call}");
            assert_works(&mut plugin);
        }
    }
}

#[test]
fn calling_the_host_from_a_recursion_ends() {
    let body = r#"(func $down (export "f") (drop (call $host (i64.const 0))) (call $down) (call $down))"#;
    for mut plugin in [plugin(body), wasi_within(body, LONG)] {
        let text = failure(&mut plugin, "f", b"");
        assert!(text.starts_with("wasm trap: call stack exhausted\nwasm backtrace:"), "{text}");
        assert_works(&mut plugin);
    }
}

#[test]
fn a_stack_overflow_is_a_trap_on_either_stack() {
    for body in [
        r#"(func $down (export "f") (call $down))"#,
        r#"(table funcref (elem $down)) (func $down (export "f") (call_indirect (i32.const 0)) (call_indirect (i32.const 0)))"#,
        r#"(func $other (call $down)) (func $down (export "f") (call $other) (call $other))"#,
        r#"(func $wide (param i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i64 i64 i64 i64 i64 i64)
             (call $wide (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5)
               (local.get 6) (local.get 7) (local.get 8) (local.get 9) (local.get 10) (local.get 11)))
           (func (export "f")
             (call $wide (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)
               (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0))
             (drop) (drop) (drop) (drop) (drop) (drop))"#,
    ] {
        for mut plugin in [plugin(body), wasi_within(body, LONG)] {
            let text = failure(&mut plugin, "f", b"");
            assert!(text.starts_with("wasm trap: call stack exhausted\nwasm backtrace:"), "{text}");
            assert_works(&mut plugin);
        }
    }
}

#[test]
fn a_function_with_more_locals_than_the_stack_holds_is_a_trap() {
    let locals = "(local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)".repeat(500);
    let uses: String = (0..5_000).map(|at| format!("(local.set {at} (call $f (i64.const {at})))")).collect();
    let sums: String = (0..5_000).map(|at| format!("(call $g (local.get {at}))")).collect();
    let body = format!(
        r#"(func $f (param i64) (result i64) (local.get 0)) (func $g (param i64))
           (func $huge (export "f") {locals} {uses} {sums} (call $huge))"#
    );
    for mut plugin in [plugin(&body), wasi_within(&body, LONG)] {
        let text = failure(&mut plugin, "f", b"");
        assert!(text.starts_with("wasm trap: call stack exhausted\nwasm backtrace:"), "{text}");
        assert_works(&mut plugin);
    }
}

#[test]
fn filling_a_large_memory_in_a_loop_ends_soon_after_the_deadline() {
    let body = r#"(memory 16384) (memory 16384)
        (func (export "fill") (loop $again
            (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x3fffffff)) (br $again)))
        (func (export "copy") (loop $again
            (memory.copy 0 1 (i32.const 0) (i32.const 0) (i32.const 0x3fffffff)) (br $again)))"#;
    for export in ["fill", "copy"] {
        let mut plugin = limited(body);
        let start = Instant::now();
        assert_eq!(failure(&mut plugin, export, b""), TIMED_OUT);
        // The running instruction is not interrupted: a gigabyte takes about a second.
        assert!(start.elapsed() < LONG);
        assert_works(&mut plugin);
    }
}

#[test]
fn sleeping_for_a_year_ends_at_the_deadline() {
    // A subscription to the monotonic clock, relative, of a year in nanoseconds.
    let mut plugin = wasi(
        r#"(func $sleep
               (i64.store (i32.const 24) (i64.const 31536000000000000))
               (i32.store (i32.const 16) (i32.const 1))
               (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128))))
           (func (export "once") (call $sleep))
           (func (export "for_ever") (loop $again (call $sleep) (br $again)))
           (func (export "many") (local $at i32)
               (drop (memory.grow (i32.const 10)))
               (loop $next
                   (i64.store offset=24 (local.get $at) (i64.const -1))
                   (i32.store offset=16 (local.get $at) (i32.const 1))
                   (local.set $at (i32.add (local.get $at) (i32.const 48)))
                   (br_if $next (i32.lt_u (local.get $at) (i32.const 196608))))
               (drop (call $poll (i32.const 0) (i32.const 200000) (i32.const 4096) (i32.const 196608))))"#,
    );
    for export in ["once", "for_ever", "many"] {
        assert_eq!(failure(&mut plugin, export, b""), TIMED_OUT, "{export}");
        assert_works(&mut plugin);
    }
}

#[test]
fn waiting_for_what_is_not_there_is_an_error_of_wasi() {
    let mut plugin = wasi(
        r#"(func $f (param i32 i32 i32 i32)
               (call $give (call $number (i64.extend_i32_u
                   (call $poll (local.get 0) (local.get 1) (local.get 2) (local.get 3))))))
           (func (export "none") (call $f (i32.const 0) (i32.const 64) (i32.const 0) (i32.const 128)))
           (func (export "too_many") (call $f (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 128)))
           (func (export "outside") (call $f (i32.const -1) (i32.const 64) (i32.const 1) (i32.const 128)))
           (func (export "events_outside") (call $f (i32.const 0) (i32.const -1) (i32.const 1) (i32.const 128)))
           (func (export "count_outside") (call $f (i32.const 0) (i32.const 64) (i32.const 1) (i32.const -1)))"#,
    );
    let mut errno = |export: &str| plugin.call::<_, i64>(export, ()).unwrap();
    assert_eq!(errno("none"), 28);
    assert_eq!(errno("too_many"), 28);
    assert_eq!(errno("outside"), 21);
    assert_eq!(errno("events_outside"), 21);
    assert_eq!(errno("count_outside"), 21);
}

#[test]
fn a_host_function_that_waits_is_told_of_the_deadline() {
    let waits = |plugin: &mut extism_runtime::CurrentPlugin<'_>| {
        while plugin.time_remaining().is_some_and(|left| !left.is_zero()) && !plugin.is_cancelled() {
            thread::sleep(Duration::from_millis(1));
        }
    };
    let body = r#"(func (export "f") (drop (call $host (i64.const 0))) (loop $again (br $again)))"#;
    let mut plugin = PluginBuilder::new(manifest(body).with_timeout(SOON))
        .with_name("hostile")
        .with_function("host", [ValType::PTR], [ValType::PTR], move |plugin, _, _| {
            waits(plugin);
            Ok(())
        })
        .build()
        .expect("the plug-in builds");
    assert_eq!(failure(&mut plugin, "f", b""), TIMED_OUT);
    assert_works(&mut plugin);
}

#[test]
fn a_timeout_of_zero_ends_a_loop_and_one_of_ages_never_comes() {
    let body = r#"(func (export "f") (loop $again (br $again)))"#;
    let mut plugin = builder(manifest(body).with_timeout(Duration::ZERO)).build().unwrap();
    let expected = "timed out after 0ns; raise the manifest's `timeout_ms` if it may take longer";
    assert_eq!(failure(&mut plugin, "f", b""), expected);

    let mut plugin = builder(manifest(body).with_timeout(Duration::from_millis(u64::MAX))).build().unwrap();
    assert_works(&mut plugin);
    let handle = plugin.cancel_handle();
    let (done, finished) = mpsc::channel();
    let caller = thread::spawn(move || {
        let error = error_of(&mut plugin, "f", b"");
        done.send(()).expect("the test waits");
        error
    });
    while finished.try_recv().is_err() {
        handle.cancel();
        thread::sleep(Duration::from_millis(1));
    }
    let error = caller.join().expect("the caller ends");
    assert!(matches!(error, Error::Cancelled { .. }), "{error}");
}
