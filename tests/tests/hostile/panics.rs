//! Tests panics of the host itself that unwind through a call, and contexts, which end with their call.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Mutex,
    thread,
    time::Duration,
};

use extism_runtime::{
    CompiledPlugin, Decode, Encode, Manifest, Plugin, PluginBuilder, Pool, ValType, Wasm,
    codec::{CodecError, Writer},
};

use crate::{
    assert_works, builder,
    isolation::{AGES, MIXED},
    wat,
};

/// Panics when it is encoded or decoded.
struct Panics;

impl Encode for Panics {
    fn encode(&self, _: &mut Writer<'_>) -> Result<(), CodecError> {
        panic!("while encoding")
    }
}

impl Decode<'_> for Panics {
    fn decode(_: &[u8]) -> Result<Self, CodecError> {
        panic!("while decoding")
    }
}

#[test]
fn a_panic_of_the_hosts_own_that_passes_through_a_call_leaves_the_plugin_usable() {
    let plugin = Mutex::new(builder(Manifest::new([Wasm::data(wat(""))])).build().expect("the plug-in builds"));
    let caught = |call: &(dyn Fn(&mut Plugin) + Sync)| {
        thread::scope(|scope| scope.spawn(|| call(&mut plugin.lock().unwrap_or_else(|lock| lock.into_inner()))).join())
    };
    assert!(caught(&|plugin| drop(plugin.call::<_, ()>("echo", Panics))).is_err());
    assert!(caught(&|plugin| drop(plugin.call::<_, Panics>("echo", "x"))).is_err());
    assert!(caught(&|plugin| assert_works(plugin)).is_ok());
}

/// A plug-in whose export `host` returns the call's context.
fn telling_the_context() -> CompiledPlugin {
    PluginBuilder::new(Manifest::new([Wasm::data(wat(MIXED))]))
        .with_name("hostile")
        .with_function("host", [ValType::PTR], [ValType::PTR], |plugin, _, results| {
            let context = plugin.context::<String>().cloned();
            results[0] = plugin.put(context.unwrap_or_else(|| "none".to_owned()))?;
            Ok(())
        })
        .compile()
        .expect("the plug-in compiles")
}

#[test]
fn a_context_ends_with_its_call_however_that_ends() {
    let mut plugin = telling_the_context().instantiate().expect("an instance");
    let alice = || "Alice".to_owned();
    assert_eq!(plugin.call_with_context::<_, &str, _>("host", (), alice()).expect("a context"), "Alice");
    let panics = catch_unwind(AssertUnwindSafe(|| plugin.call_with_context::<_, (), _>("host", Panics, alice())));
    assert!(panics.is_err());
    assert_eq!(plugin.call::<_, &str>("host", ()).expect("a context"), "none", "after a panic");
    for export in ["trap", "fail", "overflow", "missing"] {
        plugin.call_with_context::<_, (), _>(export, (), alice()).expect_err("it fails");
        assert_eq!(plugin.call::<_, &str>("host", ()).expect("a context"), "none", "after `{export}`");
    }
}

#[test]
fn a_pool_gets_back_what_is_dropped_by_a_panic_and_lends_it_without_its_context() {
    let pool = Pool::new(telling_the_context(), 1);
    let panics = thread::scope(|scope| {
        scope
            .spawn(|| {
                let mut plugin = pool.get(AGES).expect("no error").expect("an instance");
                plugin.set_var("kept", b"yes").expect("it fits");
                drop(plugin.call_with_context::<_, (), _>("host", Panics, "Alice".to_owned()));
            })
            .join()
    });
    assert!(panics.is_err());
    assert_eq!((pool.instances(), pool.idle_instances()), (1, 1));
    let mut plugin = pool.get(Duration::ZERO).expect("no error").expect("the same instance");
    assert_eq!(plugin.var("kept"), Some(&b"yes"[..]));
    assert_eq!(plugin.call::<_, &str>("host", ()).expect("a context"), "none");
}
