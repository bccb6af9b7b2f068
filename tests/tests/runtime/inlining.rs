//! Tests engines that compile small functions into their callers.

use extism_runtime::{Engine, Error, Plugin, PluginBuilder};

use super::wat;

const INNER: &str = r#"
    (func $inner (param i32) (if (i32.eqz (local.get 0)) (then (unreachable))))
    (func $outer (export "outer") (param i32) (call $inner (local.get 0)))
    (func (export "fails") (call $outer (i32.const 0)))
    (func $fib (param i32) (result i32)
        (if (result i32) (i32.lt_s (local.get 0) (i32.const 2)) (then (local.get 0))
            (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                           (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    (func (export "loops") (loop $again (drop (call $fib (i32.const 9))) (br $again)))
    (func (export "recurses") (call $deep (i32.const 1)))
    (func $deep (param i32) (if (local.get 0) (then (call $deep (i32.add (local.get 0) (i32.const 1))))))"#;

fn plugin(inlining: bool) -> Plugin {
    let engine = Engine::builder().with_cache(false).with_inlining(inlining).build().unwrap();
    let builder = PluginBuilder::new(wat(INNER)).with_engine(&engine);
    builder.with_timeout(std::time::Duration::from_millis(300)).build().unwrap()
}

#[test]
fn traps_are_the_same_but_for_functions_that_were_inlined() {
    let frames = [false, true].map(|inlining| {
        let error = plugin(inlining).call::<_, ()>("fails", ()).unwrap_err();
        let Error::Trap { trap, .. } = &error else { panic!("{error}") };
        assert!(trap.message.contains("unreachable") && error.to_string().contains("`fails`"), "{error}");
        trap.backtrace.len()
    });
    assert_eq!(frames[0], 3);
    assert!(frames[1] < frames[0], "{frames:?}");
}

#[test]
fn limits_hold() {
    for inlining in [false, true] {
        let mut plugin = plugin(inlining);
        let error = plugin.call::<_, ()>("loops", ()).unwrap_err();
        assert!(matches!(error, Error::Timeout { .. }), "{error}");
        let error = plugin.call::<_, ()>("recurses", ()).unwrap_err();
        assert!(matches!(&error, Error::Trap { .. }), "{error}");
        assert_eq!(plugin.call::<_, &str>("echo", "next").unwrap(), "next");
    }
}
