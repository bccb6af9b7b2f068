//! Tests threads with small stacks.

use std::thread;

use extism_runtime::{Engine, Error, Json, Manifest, Plugin, PluginBuilder, ValType, Wasm};

use crate::guest;

/// Runs on a thread with exactly the stack that the engine requires.
fn with_needed_stack<T: Send>(engine: &Engine, run: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(engine.needed_stack());
        thread.spawn_scoped(scope, run).expect("a thread").join().expect("no panic")
    })
}

#[test]
fn a_thread_with_the_needed_stack_builds_and_calls_plugins() {
    let engine = Engine::shared().unwrap();
    assert_eq!(engine.needed_stack(), (512 + 256) << 10);
    with_needed_stack(&engine, || {
        let mut plugin = Plugin::new(guest("kitchen_sink.wasm")).unwrap();
        assert_eq!(plugin.call::<_, &str>("echo", "hello").unwrap(), "hello");
        let error = plugin.call::<_, Json<u8>>("echo", "hello").expect_err("no number");
        assert!(matches!(error, Error::Decode { .. }));
    });
}

#[test]
fn a_recursion_without_end_is_an_error_there_and_so_is_one_through_the_host() {
    let module = r#"(module
        (import "extism:host/user" "host" (func $host (param i64) (result i64)))
        (func $deep (export "deep") (call $deep))
        (func $host_deep (export "host") (drop (call $host (i64.const 0))) (call $host_deep)))"#;
    for wasi in [false, true] {
        let engine = Engine::builder().with_max_stack(300 << 10).build().unwrap();
        let mut plugin = PluginBuilder::new(Manifest::new([Wasm::data(module)]))
            .with_engine(&engine)
            .with_wasi(wasi)
            .with_function("host", [ValType::PTR], [ValType::PTR], |plugin, _, results| {
                results[0] = plugin.put(vec![0; 10])?;
                Ok(())
            })
            .build()
            .unwrap();
        for export in ["deep", "host"] {
            let error = with_needed_stack(&engine, || plugin.call::<_, ()>(export, ())).expect_err("too deep");
            let text = error.to_string();
            assert!(text.contains("call stack exhausted"), "{export}: {text}");
        }
    }
}
