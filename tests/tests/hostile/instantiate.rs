//! Tests what a guest makes the host do besides calling the export: compute initial values, run start
//! functions, compile again. All of this is subject to the limits of the call, or of creating an instance.

use std::{
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{Engine, Error, Plugin, PluginBuilder, Pool, ValType};

use crate::{SOON, TIMED_OUT, assert_works, builder, error_of, failure, manifest};

/// The number of arrays of 7 MB that are created, which takes a multiple of [`SOON`].
const MANY: usize = 1_000;

/// Modules that take long to instantiate, in each way in which initial values can be specified.
fn slow_to_make(many: usize) -> Vec<(&'static str, String)> {
    let array = "(type $a (array (mut i64)))";
    let large = "(array.new_default $a (i32.const 900000))";
    let table = format!("(table {many} (ref null $a))");
    let items = format!("(item {large})").repeat(many);
    let segment = format!("(elem (table 0) (offset (i32.const 0)) (ref null $a) (item {large}))");
    vec![
        ("globals", format!("{array} {}", format!("(global (ref null $a) {large})").repeat(many))),
        ("items of one segment", format!("{array} {table} (elem (table 0) (i32.const 0) (ref null $a) {items})")),
        ("items of a passive segment", format!("{array} (elem (ref null $a) {items})")),
        ("many segments", format!("{array} {table} {}", segment.repeat(many))),
    ]
}

#[test]
fn initial_values_that_take_long_end_at_the_deadline_when_an_instance_is_made() {
    for (what, body) in slow_to_make(MANY) {
        let compiled = builder(manifest(&body).with_timeout(SOON)).compile().expect("the plug-in compiles");
        let error = compiled.instantiate().expect_err("it takes seconds");
        assert_eq!(error.to_string(), format!("plug-in `hostile`, creating an instance: {TIMED_OUT}"), "{what}");
        assert_eq!(error.site().map(|at| (at.plugin_name(), at.export_name())), Some(("hostile", "")));
    }
}

/// Ends the instance.
const TRAP: &str = r#"(func (export "trap") (unreachable))"#;

#[test]
fn an_instance_that_a_call_makes_anew_is_made_under_the_calls_limits() {
    // Some tenths of a second, each time.
    for (what, body) in slow_to_make(60) {
        let mut plugin = builder(manifest(&[&body, TRAP].concat())).build().expect("there is no limit");
        let handle = plugin.cancel_handle();
        let error = error_of(&mut plugin, "trap", b"");
        assert!(matches!(error, Error::Trap { .. }), "{error}");
        let error = thread::scope(|scope| {
            let call = scope.spawn(|| plugin.call::<_, ()>("echo", ()).expect_err("it's cancelled as it begins"));
            while !handle.cancel() {
                thread::yield_now();
            }
            call.join().expect("no panic")
        });
        assert_eq!(error.to_string(), "plug-in `hostile`, export `echo`: cancelled", "{what}");
        assert_works(&mut plugin);
    }
}

/// Initial values and data that take some fuel.
const FUEL: &str = r#"(type $a (array (mut i64)))
    (global (ref null $a) (array.new_default $a (i32.const 2000)))
    (memory 1) (global $base i32 (i32.const 8)) (data (global.get $base) "some data")
    (func (export "trap") (unreachable))
    (func (export "work") (local $at i32) (loop $next
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $at) (i32.const 500)))))"#;

fn consumed(plugin: &mut Plugin) -> u64 {
    plugin.call::<_, ()>("work", ()).expect("the fuel suffices");
    plugin.fuel_consumed().expect("it is counted")
}

#[test]
fn making_an_instance_takes_fuel_of_a_limit_of_its_own_or_of_the_call_that_makes_it() {
    let fueled = |limit| builder(manifest(FUEL)).with_fuel_limit(limit).build();
    let mut plugin = fueled(1_000_000).expect("the fuel suffices");
    let work = consumed(&mut plugin);
    error_of(&mut plugin, "trap", b"");
    let both = consumed(&mut plugin);
    let making = both.checked_sub(work).expect("it takes more");
    assert!(making > 50, "{making}");
    assert_eq!(consumed(&mut plugin), work, "in the same instance");

    let enough_for_either = work.max(making) + 10;
    assert!(enough_for_either < both);
    let mut plugin = fueled(enough_for_either).expect("the fuel suffices");
    assert_eq!(consumed(&mut plugin), work);
    error_of(&mut plugin, "trap", b"");
    let expected = format!(
        "out of fuel: the limit is {enough_for_either} units; raise it with `PluginBuilder::with_fuel_limit` if it \
         may use more"
    );
    assert_eq!(failure(&mut plugin, "work", b""), expected);

    let error = fueled(making / 2).expect_err("the fuel does not suffice");
    let expected = format!(
        "plug-in `hostile`, creating an instance: out of fuel: the limit is {} units; raise it with \
         `PluginBuilder::with_fuel_limit` if it may use more",
        making / 2
    );
    assert_eq!(error.to_string(), expected);
    assert!(matches!(error, Error::OutOfFuel { .. }));
}

/// A plug-in with a host function that takes longer than a call may.
fn dawdling(body: &str) -> Plugin {
    PluginBuilder::new(manifest(body).with_timeout(SOON))
        .with_name("hostile")
        .with_function("host", [ValType::PTR], [ValType::PTR], |plugin, _, _| {
            plugin.set_var("called", b"yes")?;
            thread::sleep(2 * SOON);
            Ok(())
        })
        .build()
        .expect("the plug-in builds")
}

#[test]
fn a_call_that_returns_too_late_from_a_host_function_has_timed_out() {
    let returning = r#"(func (export "f") (drop (call $host (i64.const 0))))"#;
    let failing = r#"(func (export "f") (result i32) (drop (call $host (i64.const 0))) (i32.const 7))"#;
    let initializing = r#"(func (export "f")) (func (export "_initialize") (drop (call $host (i64.const 0))))"#;
    for body in [returning, failing, initializing] {
        let mut plugin = dawdling(body);
        let start = Instant::now();
        assert_eq!(failure(&mut plugin, "f", b""), TIMED_OUT, "{body}");
        assert!(start.elapsed() >= 2 * SOON, "host functions are not interrupted");
        assert_eq!(plugin.var("called"), Some(&b"yes"[..]));
    }
}

#[test]
fn a_call_that_was_cancelled_in_a_host_function_fails_when_that_returns() {
    let body = r#"(func (export "f") (drop (call $host (i64.const 0))))"#;
    let mut plugin = PluginBuilder::new(manifest(body))
        .with_name("hostile")
        .with_function("host", [ValType::PTR], [ValType::PTR], |plugin, _, _| {
            assert!(plugin.cancel_handle().cancel(), "the call runs");
            Ok(())
        })
        .build()
        .expect("the plug-in builds");
    assert_eq!(failure(&mut plugin, "f", b""), "cancelled");
    assert_works(&mut plugin);
}

/// A module that takes seconds to compile, whatever calls it.
fn slow_to_compile() -> String {
    let function = "(func (param i32) (result i32) (loop $a (br_if $a (i32.eqz (local.get 0)))) (local.get 0))";
    function.repeat(20_000)
}

#[test]
fn compiling_within_a_call_for_when_the_pool_is_used_up_is_under_the_calls_limits() {
    let engine = Engine::builder().with_pool_size(1).with_cache(false).build().expect("an engine");
    let (large, small) = (manifest(&[TRAP, &slow_to_compile()].concat()).with_timeout(SOON), manifest(""));
    let mut plugin = builder(large).with_engine(&engine).build().expect("it has the only place");
    error_of(&mut plugin, "trap", b"");
    // Another plug-in has its place now, so that it is compiled again.
    let _other = builder(small).with_engine(&engine).build().expect("it has the place");
    assert_eq!(failure(&mut plugin, "echo", b""), TIMED_OUT);
    // Meanwhile, compiling continues.
    let end = Instant::now() + Duration::from_mins(5);
    while !matches!(plugin.call::<_, &str>("echo", "at last"), Ok("at last")) {
        assert!(Instant::now() < end, "it is never compiled");
    }
}

#[test]
fn waiting_for_an_instance_of_a_pool_is_part_of_the_call() {
    let compiled = builder(manifest("").with_timeout(SOON)).compile().expect("the plug-in compiles");
    let pool = Pool::new(compiled, 1);
    assert_eq!(pool.call::<_, String>("echo", "free").expect("there is one"), "free");
    let user = pool.get(Duration::ZERO).expect("no error").expect("there is one");
    let error = pool.call::<_, String>("echo", "late").expect_err("it is in use");
    assert_eq!(error.to_string(), format!("plug-in `hostile`, export `echo`: {TIMED_OUT}"));
    assert!(matches!(error, Error::Timeout { limit: SOON, .. }));
    drop(user);
    assert_eq!(pool.call::<_, String>("echo", "free").expect("there is one again"), "free");
}
