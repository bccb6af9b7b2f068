//! Tests atomic instructions, which compilers emit even for modules that share no memory.

use extism_runtime::{Error, Manifest, Plugin, PluginBuilder, Wasm};

const ATOMIC: &str = r#"(module
    (import "extism:host/env" "input_length" (func $length (result i64)))
    (memory (export "memory") 1)
    (func (export "count") (result i32)
        (atomic.fence)
        (drop (i32.atomic.rmw.add (i32.const 64) (i32.wrap_i64 (call $length))))
        (drop (i64.atomic.rmw32.cmpxchg_u (i32.const 64) (i64.const 99) (i64.const 1)))
        (i32.atomic.load (i32.const 64)))
    (func (export "notify") (result i32) (memory.atomic.notify (i32.const 64) (i32.const 1)))
    (func (export "wait") (drop (memory.atomic.wait32 (i32.const 64) (i32.const 0) (i64.const -1))))
    (func (export "wait64") (drop (memory.atomic.wait64 (i32.const 64) (i64.const 0) (i64.const 5))))
    (func (export "unaligned") (drop (i32.atomic.load (i32.const 65)))))"#;

fn code(plugin: &mut Plugin, export: &str, input: &str) -> i32 {
    match plugin.call::<_, ()>(export, input) {
        Ok(()) => 0,
        Err(Error::Guest { code, .. }) => code,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn atomic_instructions_work_on_a_memory_that_is_not_shared() {
    let mut plugin = Plugin::new(ATOMIC).unwrap();
    assert_eq!(code(&mut plugin, "count", "abc"), 3);
    assert_eq!(code(&mut plugin, "count", "ab"), 5);
    assert_eq!(code(&mut plugin, "notify", ""), 0, "nobody waits");
    for (export, reason) in [
        ("wait", "atomic wait on non-shared memory"),
        ("wait64", "atomic wait on non-shared memory"),
        ("unaligned", "unaligned atomic"),
    ] {
        let error = plugin.call::<_, ()>(export, ()).unwrap_err();
        assert!(matches!(&error, Error::Trap { trap, .. } if trap.message.ends_with(reason)), "{error}");
    }
    assert!(PluginBuilder::new(ATOMIC).inspect().is_ok());
}

/// If another module has the kernel's memory, a module's own memory has another index.
#[test]
fn atomic_instructions_work_in_each_module_of_a_plugin() {
    let library = r#"(module (memory (export "memory") 1) (func (export "f") (result i32)
        (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 7))) (i32.load (i32.const 0))))"#;
    let main = r#"(module (import "lib" "f" (func $f (result i32))) (import "lib" "memory" (memory 1)) (memory 1)
        (func (export "run") (result i32)
            (drop (call $f))
            (drop (i32.atomic.rmw.add 1 (i32.const 0) (i32.const 100)))
            (i32.add (i32.atomic.load (i32.const 0)) (i32.atomic.load 1 (i32.const 0)))))"#;
    let modules = [Wasm::data(library).with_name("lib"), Wasm::data(main)];
    assert_eq!(code(&mut Plugin::new(Manifest::new(modules)).unwrap(), "run", ""), 107);
}

#[test]
fn shared_memories_are_refused_whichever_module_has_them() {
    let defined = "defines a shared memory, but a plug-in runs on one thread";
    let imported = "imports the shared memory `env`.`memory`, but a plug-in runs on one thread";
    let main = r#"(module (import "lib" "f" (func)) (func (export "run")))"#;
    for (module, reason) in [
        (r#"(module (memory (export "memory") 1 2 shared) (func (export "f")))"#, defined),
        (r#"(module (import "env" "memory" (memory 1 2 shared)) (func (export "f")))"#, imported),
    ] {
        let linked = Manifest::new([Wasm::data(module).with_name("lib"), Wasm::data(main)]);
        let alone = Manifest::new([Wasm::data(module)]);
        for (name, manifest) in [("main", alone), ("lib", linked)] {
            let inspected = PluginBuilder::new(manifest.clone()).inspect().unwrap_err();
            for error in [inspected, Plugin::new(manifest).unwrap_err()] {
                assert!(matches!(&error, Error::Compile { module, .. } if module == name), "{error}");
                assert!(error.to_string().contains(reason), "{error}");
                assert!(error.to_string().contains("build it without threads"), "{error}");
            }
        }
    }
}
