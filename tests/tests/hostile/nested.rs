//! Tests nested calls: plug-ins whose host functions call plug-ins.

use std::{
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use extism_runtime::{CompiledPlugin, Engine, Error, Plugin, PluginBuilder, ValType, error::BoxError};

use crate::{SOON, assert_works, builder, error_of, host::GIVE_HOSTS, manifest};

/// Recurses so deep that a second call would not fit onto the stack of a thread, then calls the host.
const DEEP: &str = r#"
    (func $down (param i32)
        (if (local.get 0)
            (then (call $down (i32.sub (local.get 0) (i32.const 1))) (call $log_info (i64.const 0)))
            (else (drop (call $host (i64.const 0))))))
    (func (export "f") (call $down (i32.const 10000)))"#;

#[test]
fn plugins_that_call_each_other_without_end_are_an_error_not_a_stack_overflow() {
    let (slot, depth) = (Arc::new(OnceLock::<CompiledPlugin>::new()), Arc::new(AtomicUsize::new(0)));
    let (own, count) = (Arc::clone(&slot), Arc::clone(&depth));
    let compiled = PluginBuilder::new(manifest(DEEP))
        .with_name("hostile")
        .with_function("host", [ValType::PTR], [ValType::PTR], move |_, _, _| {
            count.fetch_add(1, Ordering::SeqCst);
            own.get().ok_or("not compiled yet")?.instantiate()?.call::<_, ()>("f", ())?;
            Ok(())
        })
        .compile()
        .expect("the plug-in compiles");
    slot.set(compiled.clone()).expect("once");
    // The size of Rust's threads, unless the environment says otherwise.
    let call = thread::Builder::new().stack_size(2 << 20).spawn(move || {
        let mut plugin = compiled.instantiate().expect("an instance");
        let error = error_of(&mut plugin, "f", b"");
        assert_works(&mut plugin);
        error
    });
    let mut error: BoxError = Box::new(call.expect("a thread").join().expect("it ends"));
    for _ in 0..32 {
        let Ok(outer) = error.downcast::<Error>() else { panic!("not as deep") };
        let Error::HostFunction { source, .. } = *outer else { panic!("{outer}") };
        error = source;
    }
    let expected = "plug-in `hostile`, export `f`: calls between plug-ins and host functions are nested more than 32 \
                    deep";
    assert_eq!(error.to_string(), expected);
    assert_eq!(depth.load(Ordering::SeqCst), 32);
}

/// A plug-in that calls an endless one through its host function, and the error of that call.
fn calling_an_endless_one(inner: Duration, outer: Duration) -> (Plugin, Arc<Mutex<Option<String>>>) {
    let endless = manifest(r#"(func (export "spin") (loop $again (br $again)))"#).with_timeout(inner);
    let endless = builder(endless).with_name("inner").compile().expect("the plug-in compiles");
    let seen = Arc::new(Mutex::new(None));
    let error = Arc::clone(&seen);
    let plugin = PluginBuilder::new(manifest(GIVE_HOSTS).with_timeout(outer))
        .with_name("hostile")
        .with_function("host", [ValType::PTR], [ValType::PTR], move |plugin, _, results| {
            let ended = endless.instantiate()?.call::<_, ()>("spin", ()).expect_err("it has no end");
            *error.lock().expect("no panic") = Some(ended.to_string());
            results[0] = plugin.put("the inner call ended")?;
            Ok(())
        })
        .build()
        .expect("the plug-in builds");
    (plugin, seen)
}

#[test]
fn calls_within_calls_end_each_at_their_own_deadline() {
    let inner = "plug-in `inner`, export `spin`: timed out after 100ms; raise the manifest's `timeout_ms` if it may take \
                 longer";
    // The inner one's is first: the outer call continues.
    let (mut plugin, seen) = calling_an_endless_one(SOON, Duration::from_mins(5));
    assert_eq!(plugin.call::<_, &str>("f", ()).expect("it goes on"), "the inner call ended");
    assert_eq!(seen.lock().expect("no panic").as_deref(), Some(inner));
    // The outer one's is first: it ends when its host function has returned.
    let (mut plugin, seen) = calling_an_endless_one(SOON, Duration::from_millis(1));
    let error = error_of(&mut plugin, "f", b"");
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    assert!([None, Some(inner)].contains(&seen.lock().expect("no panic").as_deref()));
}

#[test]
fn more_calls_within_calls_than_the_pool_has_stacks_run_on_threads() {
    const STACKS: usize = 256;
    const PLUGINS: usize = STACKS + 4;
    let engine = Engine::builder().with_pool_size(300).with_cache(false).build().expect("an engine");
    let builder = |name: &str| PluginBuilder::new(manifest(GIVE_HOSTS)).with_engine(&engine).with_name(name);

    let on_threads = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&on_threads);
    let inner = builder("inner").with_function("host", [ValType::PTR], [ValType::PTR], move |plugin, args, results| {
        let text = plugin.get::<String>(&args[0])?;
        count.fetch_add(usize::from(thread::current().name() == Some("extism-call")), Ordering::SeqCst);
        results[0] = plugin.put(&text)?;
        Ok(())
    });
    let inner = inner.compile().expect("the plug-in compiles");
    let plugins: Vec<_> = (0..PLUGINS).map(|_| inner.instantiate().expect("an instance")).collect();
    let plugins = Mutex::new(plugins);
    let mut outer = builder("outer")
        .with_function("host", [ValType::PTR], [ValType::PTR], move |_, _, _| {
            for (number, plugin) in plugins.lock().map_err(|error| error.to_string())?.iter_mut().enumerate() {
                let text = number.to_string();
                assert_eq!(plugin.call::<_, &str>("f", &text)?, text);
            }
            Ok(())
        })
        .build()
        .expect("the plug-in builds");
    // Each keeps the stack of its first call.
    for round in 1..=2 {
        outer.call::<_, ()>("f", "").expect("all answer");
        assert_eq!(on_threads.load(Ordering::SeqCst), round * (PLUGINS - STACKS));
    }
}
