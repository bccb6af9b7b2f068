use extism_runtime::{Error, Plugin};

use crate::{TRAP, VAR, plugin};

/// Counts its calls in a global, which starts at 0 in a new instance.
const COUNTER: &str = r#"
    (global $calls (mut i32) (i32.const 0))
    (func (export "count") (result i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (global.get $calls))"#;

fn count(plugin: &mut Plugin) -> i32 {
    match plugin.call::<_, ()>("count", ()).unwrap_err() {
        Error::Guest { code, .. } => code,
        error => panic!("{error}"),
    }
}

#[test]
fn a_trap_gives_up_the_instance_and_keeps_the_variables() {
    let mut plugin = plugin(&[COUNTER, TRAP, VAR].concat());
    plugin.call::<_, ()>("remember", "kept").unwrap();
    assert_eq!((count(&mut plugin), count(&mut plugin)), (1, 2));
    assert!(matches!(plugin.call::<_, ()>("trap", ()), Err(Error::Trap { .. })));
    assert_eq!(plugin.var("v"), Some(&b"kept"[..]));
    assert_eq!(count(&mut plugin), 1, "a new instance");
    assert_eq!(plugin.call::<_, &str>("recall", ()).unwrap(), "kept");
}

#[test]
fn a_guests_own_error_keeps_the_instance() {
    let mut plugin = plugin(COUNTER);
    assert_eq!((count(&mut plugin), count(&mut plugin), count(&mut plugin)), (1, 2, 3));
}

#[test]
fn a_trap_names_the_functions_that_were_running() {
    let error = plugin(TRAP).call::<_, ()>("trap", ()).unwrap_err();
    let Error::Trap { at, trap, .. } = &error else { panic!("{error}") };
    assert_eq!(at.export_name(), "trap");
    assert!(trap.message.contains("unreachable"), "{trap}");
    assert_eq!(trap.backtrace[0].name.as_deref(), Some("reason"));
    assert_eq!(trap.backtrace.len(), 2, "{trap}");
}

#[test]
fn an_error_set_before_a_trap_is_shown_with_it() {
    let error = plugin(r#"(func (export "f") (call $error_set (call $input)) (unreachable))"#)
        .call::<_, ()>("f", "why")
        .unwrap_err();
    let Error::Trap { trap, .. } = error else { panic!("{error}") };
    assert_eq!(trap.guest_error.as_deref(), Some("why"));
}

#[test]
fn a_stack_overflow_is_a_trap() {
    let mut plugin = plugin(r#"(func $down (export "down") (call $down))"#);
    let error = plugin.call::<_, ()>("down", ()).unwrap_err();
    let Error::Trap { trap, .. } = &error else { panic!("{error}") };
    assert!(trap.message.contains("stack"), "{error}");
    assert_eq!(plugin.call::<_, &str>("echo", "next").unwrap(), "next");
}

#[test]
fn initializers_run_once_per_instance_before_the_first_call() {
    // Each initializer multiplies by ten and adds its digit.
    let body = |exports: &str| {
        format!(
            r#"(global $order (mut i32) (i32.const 0))
               (func $note (param i32) (global.set $order (i32.add
                   (i32.mul (global.get $order) (i32.const 10)) (local.get 0))))
               {exports} {TRAP}
               (func (export "order") (result i32) (global.get $order))"#
        )
    };
    let start = r"(func $begin (call $note (i32.const 1))) (start $begin)";
    let initialize = r#"(func (export "_initialize") (call $note (i32.const 2)))"#;
    let ctors = r#"(func (export "__wasm_call_ctors") (call $note (i32.const 3)))"#;
    let haskell = r#"(func (export "hs_init") (param i32 i32) (call $note (i32.const 4)))"#;
    let run = r#"(func (export "_start") (call $note (i32.const 5)))"#;
    for (exports, expected) in [
        (vec![start], 1),
        (vec![start, initialize], 12),
        (vec![initialize, ctors], 3),
        (vec![initialize, haskell, ctors], 24),
        (vec![run, initialize], 2),
        (vec![run], 0),
    ] {
        let mut plugin = plugin(&body(&exports.concat()));
        let mut order = || match plugin.call::<_, ()>("order", ()) {
            Ok(()) => 0,
            Err(Error::Guest { code, .. }) => code,
            Err(error) => panic!("{error}"),
        };
        assert_eq!((order(), order()), (expected, expected), "{exports:?}");
        plugin.call::<_, ()>("trap", ()).unwrap_err();
        let again = plugin.call::<_, ()>("order", ()).map_or_else(|error| error.to_string(), |()| "0".into());
        assert!(again.contains(&expected.to_string()), "the new instance too: {again}");
    }
}

#[test]
fn start_ends_the_instance_and_runs_without_initialize() {
    let mut plugin = plugin(&format!(
        r#"{COUNTER}
        (func (export "_initialize") (unreachable))
        (func (export "_start") (call $output_set (call $input_offset) (call $input_length)))"#
    ));
    assert_eq!(plugin.call::<_, &str>("_start", "main").unwrap(), "main");
    assert_eq!(plugin.call::<_, &str>("_start", "again").unwrap(), "again");
}
