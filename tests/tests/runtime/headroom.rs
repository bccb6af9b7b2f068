//! Memory that plug-ins have before they ask for it.

use extism_runtime::{Engine, Error, Manifest, Plugin, PluginBuilder, Wasm};

use crate::{builder, wat};

const PAGE: u64 = 64 << 10;
/// What `memory.grow` returns where it fails.
const FAILED: u64 = 0xffff_ffff;

/// Grows by the number of pages that it is given, and returns what `memory.grow` returned, and the size afterwards.
const GROWS: &str = r#"
    (memory (export "memory") 2 40)
    (data (i32.const 131071) "x")
    (func $number (result i32) (i32.wrap_i64 (call $load_u64 (call $input_offset))))
    (func (export "grow") (local $handle i64)
        (local.set $handle (call $alloc (i64.const 8)))
        (call $store_u64 (local.get $handle) (i64.or
            (i64.shl (i64.extend_i32_u (memory.grow (call $number))) (i64.const 32))
            (i64.extend_i32_u (memory.size))))
        (call $give (local.get $handle)))
    (func (export "read") (local $handle i64)
        (local.set $handle (call $alloc (i64.const 8)))
        (call $store_u64 (local.get $handle) (i64.load8_u (call $number)))
        (call $give (local.get $handle)))
    (func (export "write") (i32.store8 (call $number) (i32.const 7)))
    (func (export "init") (memory.fill (call $number) (i32.const 1) (i32.const 16)))"#;

fn engine(pages: u64, dense: bool) -> Engine {
    let bytes = usize::try_from(pages * PAGE).unwrap();
    Engine::builder().with_cache(false).with_memory_headroom(bytes).with_dense(dense).build().unwrap()
}

/// Every headroom, in both kinds of engines.
fn engines() -> impl Iterator<Item = (u64, Engine)> {
    [0, 1, 3, 38, 39, 70_000].into_iter().flat_map(|pages| [false, true].map(|dense| (pages, engine(pages, dense))))
}

fn grow(plugin: &mut Plugin, by: u64) -> (u64, u64) {
    let answer: u64 = plugin.call("grow", by).unwrap();
    (answer >> 32, answer & 0xffff_ffff)
}

#[test]
fn sizes_are_those_that_the_plugin_asked_for() {
    for (pages, engine) in engines() {
        let mut plugin = builder(GROWS).with_engine(&engine).build().unwrap();
        for (by, expected) in [
            (0, (2, 2)),
            (1, (2, 3)),
            (0, (3, 3)),
            (3, (3, 6)),
            (35, (FAILED, 6)),
            (0xffff_ffff, (FAILED, 6)),
            (0xffff_fffa, (FAILED, 6)),
            (0x1_0000, (FAILED, 6)),
            (34, (6, 40)),
            (1, (FAILED, 40)),
            (0, (40, 40)),
        ] {
            assert_eq!(grow(&mut plugin, by), expected, "by {by}, headroom of {pages}");
        }
        assert_eq!(plugin.call::<_, u64>("read", 40 * PAGE - 1).unwrap(), 0);
        assert!(matches!(plugin.call::<_, u64>("read", 40 * PAGE), Err(Error::Trap { .. })), "{pages}");
    }
}

#[test]
fn only_accesses_in_the_headroom_do_not_trap() {
    for (pages, engine) in engines() {
        let mut plugin = builder(GROWS).with_engine(&engine).build().unwrap();
        let end = (2 + pages.min(38)) * PAGE;
        assert_eq!(plugin.call::<_, u64>("read", 2 * PAGE - 1).unwrap(), u64::from(b'x'));
        for at in [end, end + 1, end + 5 * PAGE, 0xffff_ffff] {
            assert!(matches!(plugin.call::<_, u64>("read", at), Err(Error::Trap { .. })), "{at}, {pages}");
        }
        assert!(plugin.call::<_, ()>("init", end - 15).is_err());
        if pages > 0 {
            assert_eq!(plugin.call::<_, u64>("read", end - 1).unwrap(), 0);
            plugin.call::<_, ()>("write", end - 1).unwrap();
            assert_eq!(plugin.call::<_, u64>("read", end - 1).unwrap(), 7);
        }
    }
}

#[test]
fn an_instance_finds_nothing_of_the_one_before() {
    for (pages, engine) in engines() {
        let compiled = builder(GROWS).with_engine(&engine).compile().unwrap();
        for _ in 0..20 {
            let mut plugin = compiled.instantiate().unwrap();
            assert_eq!(grow(&mut plugin, 2), (2, 4), "{pages}");
            for at in [2 * PAGE, 3 * PAGE, 4 * PAGE - 1] {
                assert_eq!(plugin.call::<_, u64>("read", at).unwrap(), 0, "{pages}");
                plugin.call::<_, ()>("write", at).unwrap();
            }
        }
    }
}

#[test]
fn a_limit_of_pages_includes_it() {
    for (pages, engine) in engines() {
        let builder = || PluginBuilder::new(wat(GROWS)).with_engine(&engine).with_max_pages(4);
        let mut plugin = builder().build().unwrap();
        assert_eq!(grow(&mut plugin, 4), (2, 6), "{pages}");
        assert_eq!(grow(&mut plugin, 1), (FAILED, 6), "{pages}");
        let mut plugin = builder().build().unwrap();
        assert_eq!(grow(&mut plugin, 5), (FAILED, 2), "{pages}");
        assert_eq!(grow(&mut plugin, 3), (2, 5), "{pages}");
        let mut plugin = builder().with_max_pages(2).build().unwrap();
        assert_eq!(grow(&mut plugin, 3), (FAILED, 2), "{pages}");
        assert_eq!(grow(&mut plugin, 2), (2, 4), "{pages}");
    }
}

/// Another module would see the memory as it is, and fuel would tell the two apart.
#[test]
fn neither_with_several_modules_nor_with_fuel() {
    let engine = engine(4, false);
    let other = r#"(module (import "main" "memory" (memory 2)) (func (export "size") (result i32) (memory.size)))"#;
    let manifest =
        Manifest::new([Wasm::data(wat(GROWS)).with_name("main"), Wasm::data(other.to_owned()).with_name("other")]);
    let mut plugin = PluginBuilder::new(manifest).with_engine(&engine).build().unwrap();
    assert!(matches!(plugin.call::<_, u64>("read", 2 * PAGE), Err(Error::Trap { .. })));

    let fuel = |headroom: usize| {
        let engine =
            Engine::builder().with_cache(false).with_fuel(true).with_memory_headroom(headroom).build().unwrap();
        let mut plugin = builder(GROWS).with_engine(&engine).build().unwrap();
        grow(&mut plugin, 1);
        plugin.fuel_consumed()
    };
    assert_eq!(fuel(0), fuel(1 << 20));
}
