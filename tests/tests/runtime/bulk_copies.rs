//! Tests loops that copy, which become bulk copies, under the limits of calls.

use std::{thread, time::Duration};

use extism_runtime::{Engine, Error, PluginBuilder};

use super::wat;

/// Copies half a megabyte again and again, from a block of the environment and back.
const COPY: &str = r#"
    (memory (export "memory") 20)
    (func $copy (param $o i64)
        (local $p i32) (local $n i64) (local $to i64)
        (local.set $to (local.get $o))
        (local.set $n (i64.const 60000))
        (loop $top
            (i64.store (local.get $p) (call $load_u64 (local.get $o)))
            (local.set $p (i32.add (local.get $p) (i32.const 8)))
            (local.set $o (i64.add (local.get $o) (i64.const 8)))
            (br_if $top (i64.ne (local.tee $n (i64.sub (local.get $n) (i64.const 1))) (i64.const 0))))
        (local.set $p (i32.const 0))
        (local.set $n (i64.const 60000))
        (loop $top
            (call $store_u64 (local.get $to) (i64.load (local.get $p)))
            (local.set $p (i32.add (local.get $p) (i32.const 8)))
            (local.set $to (i64.add (local.get $to) (i64.const 8)))
            (br_if $top (i64.ne (local.tee $n (i64.sub (local.get $n) (i64.const 1))) (i64.const 0)))))
    (func (export "copy_forever") (local $block i64)
        (local.set $block (call $alloc (i64.const 500000)))
        (loop $again (call $copy (local.get $block)) (br $again)))"#;

fn builder(bulk_copies: bool) -> PluginBuilder {
    let engine = Engine::builder().with_cache(false).with_bulk_copies(bulk_copies).build().unwrap();
    PluginBuilder::new(wat(COPY)).with_engine(&engine)
}

#[test]
fn long_copies_end_at_the_timeout() {
    for bulk_copies in [true, false] {
        let mut plugin = builder(bulk_copies).with_timeout(Duration::from_millis(50)).build().unwrap();
        for _ in 0..2 {
            let error = plugin.call::<_, ()>("copy_forever", ()).unwrap_err();
            assert!(matches!(error, Error::Timeout { .. }), "{error}");
            assert_eq!(plugin.call::<_, &str>("echo", "next").unwrap(), "next");
        }
    }
}

#[test]
fn long_copies_end_when_they_are_cancelled() {
    for bulk_copies in [true, false] {
        let mut plugin = builder(bulk_copies).build().unwrap();
        let handle = plugin.cancel_handle();
        let caller = thread::spawn(move || {
            let error = plugin.call::<_, ()>("copy_forever", ()).unwrap_err();
            (plugin, error)
        });
        while !caller.is_finished() {
            handle.cancel();
            thread::sleep(Duration::from_millis(1));
        }
        let (mut plugin, error) = caller.join().unwrap();
        assert!(matches!(error, Error::Cancelled { .. }), "{error}");
        assert_eq!(plugin.call::<_, &str>("echo", "next").unwrap(), "next");
    }
}

#[test]
fn copies_out_of_fuel_end_as_if_each_iteration_counted() {
    let taken = [true, false].map(|bulk_copies| {
        let engine = Engine::builder().with_cache(false).with_fuel(true).with_bulk_copies(bulk_copies).build().unwrap();
        let builder = PluginBuilder::new(wat(COPY)).with_engine(&engine).with_fuel_limit(3_000_000);
        let mut plugin = builder.build().unwrap();
        let error = plugin.call::<_, ()>("copy_forever", ()).unwrap_err();
        assert!(matches!(error, Error::OutOfFuel { .. }), "{error}");
        plugin.fuel_consumed()
    });
    assert_eq!(taken[0], taken[1]);
}
