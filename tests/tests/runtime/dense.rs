//! Engines for very many instances.

use extism_runtime::{Engine, Error, PluginBuilder};

use crate::{builder, wat};

fn engine() -> Engine {
    Engine::builder().with_dense(true).build().expect("an engine")
}

#[test]
fn more_instances_than_any_pool_has_keep_what_is_theirs() {
    let body = r#"(memory 2) (data (i32.const 8) "\01") (func (export "count") (local $handle i64)
        (i32.store (i32.const 131000) (i32.add (i32.load (i32.const 131000)) (i32.load8_u (i32.const 8))))
        (local.set $handle (call $alloc (i64.const 8)))
        (call $store_u64 (local.get $handle) (i64.load32_u (i32.const 131000)))
        (call $give (local.get $handle)))"#;
    let compiled = builder(body).with_engine(&engine()).compile().expect("it compiles");
    let mut plugins: Vec<_> = (0..3000).map(|_| compiled.instantiate().expect("an instance")).collect();
    for round in 1..=2_i64 {
        for plugin in &mut plugins {
            assert_eq!(plugin.call::<_, i64>("count", "").expect("it works"), round);
        }
    }
    // Nobody gets what was left by those that are gone.
    drop(plugins);
    let mut plugins: Vec<_> = (0..100).map(|_| compiled.instantiate().expect("an instance")).collect();
    assert!(plugins.iter_mut().all(|plugin| matches!(plugin.call("count", ""), Ok(1_i64))));
}

#[test]
fn a_memory_ends_where_it_ends() {
    let body = r#"(memory 1 3) (func (export "read") (drop (i32.load8_u (call $number))))
        (func $number (result i32) (i32.wrap_i64 (call $load_u64 (call $input_offset))))
        (func (export "grow") (drop (memory.grow (i32.const 1))))"#;
    let mut plugin = builder(body).with_engine(&engine()).build().expect("it builds");
    let reads = |plugin: &mut extism_runtime::Plugin, address: u64| plugin.call::<_, ()>("read", address).is_ok();
    assert!(reads(&mut plugin, 65535) && !reads(&mut plugin, 65536), "of one page");
    assert!(!reads(&mut plugin, 0xffff_ffff));
    plugin.call::<_, ()>("grow", "").expect("it may");
    assert!(reads(&mut plugin, 65536) && reads(&mut plugin, 131_071) && !reads(&mut plugin, 131_072), "of two");
}

#[test]
fn limits_are_the_same() {
    let body = r#"(memory 1) (func (export "grow") (drop (memory.grow (i32.const 5)))
        (if (i32.eq (memory.size) (i32.const 1)) (then (unreachable))))"#;
    let mut plugin = PluginBuilder::new(wat(body)).with_engine(&engine()).with_max_pages(4).build().expect("it builds");
    assert!(matches!(plugin.call::<_, ()>("grow", ""), Err(Error::OutOfMemory { .. })));
    let large = vec![b'x'; 6 << 20];
    assert!(matches!(plugin.call::<_, &[u8]>("echo", &large), Err(Error::OutOfMemory { .. })));
    assert_eq!(plugin.call::<_, &str>("echo", "small").expect("it works"), "small");
}
