use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use extism_runtime::{
    CurrentPlugin, Engine, Error, Manifest, Plugin, PluginBuilder, Val, ValType, Wasm, error::LinkProblem,
    manifest::MemoryOptions,
};

use crate::{SPIN, VAR, plugin, wat};

fn limited(body: &str, memory: MemoryOptions) -> Result<Plugin, Error> {
    Plugin::new(Manifest::new([Wasm::data(wat(body))]).with_memory_options(memory))
}

#[test]
fn a_call_ends_at_its_timeout_and_the_next_one_runs() {
    let limit = Duration::from_millis(30);
    let manifest = Manifest::new([Wasm::data(wat(SPIN))]).with_timeout(limit);
    let mut plugin = Plugin::new(manifest).unwrap();
    let start = Instant::now();
    let error = plugin.call::<_, ()>("spin", ()).unwrap_err();
    assert!(
        matches!(&error, Error::Timeout { at, limit: l, .. } if at.export_name() == "spin" && *l == limit),
        "{error}"
    );
    assert!(start.elapsed() >= limit);
    assert_eq!(plugin.call::<_, &str>("echo", "next").unwrap(), "next");
    assert!(matches!(plugin.call::<_, ()>("spin", ()), Err(Error::Timeout { .. })), "again");
}

#[test]
fn the_timeout_holds_for_start_functions_and_initializers() {
    for hanging in [
        "(func $begin (loop $again (br $again))) (start $begin)",
        r#"(func (export "_initialize") (loop $again (br $again)))"#,
    ] {
        let manifest = Manifest::new([Wasm::data(wat(hanging))]).with_timeout(Duration::from_millis(20));
        let error = Plugin::new(manifest).unwrap().call::<_, ()>("echo", ()).unwrap_err();
        assert!(matches!(error, Error::Timeout { .. }), "{error}");
    }
}

#[test]
fn a_running_call_is_cancelled_from_another_thread() {
    let mut plugin = plugin(SPIN);
    let handle = plugin.cancel_handle();
    assert!(!handle.cancel(), "nothing runs yet");
    let (done, finished) = mpsc::channel();
    let caller = thread::spawn(move || {
        let result = plugin.call::<_, ()>("spin", ());
        done.send(()).unwrap();
        (plugin, result)
    });
    while finished.try_recv().is_err() {
        handle.cancel();
        thread::sleep(Duration::from_millis(1));
    }
    let (mut plugin, result) = caller.join().unwrap();
    assert!(matches!(result, Err(Error::Cancelled { .. })), "{result:?}");
    assert_eq!(plugin.call::<_, &str>("echo", "next").unwrap(), "next");
    assert!(!handle.cancel());
}

const GROW: &str = r#"
    (memory (export "memory") 2)
    ;; Grows by as many pages as the input has bytes; returns what it was, or -1.
    (func (export "grow") (result i32)
        (i32.eq (memory.grow (i32.wrap_i64 (call $input_length))) (i32.const -1)))
    (func (export "grow_or_die")
        (if (i32.eq (memory.grow (i32.wrap_i64 (call $input_length))) (i32.const -1)) (then (unreachable))))
    (func (export "alloc") (result i32) (i64.eqz (call $alloc (i64.const 2000000))))"#;

#[test]
fn the_modules_initial_pages_are_bounded_when_the_plugin_is_built() {
    let error = limited(GROW, MemoryOptions::new().with_max_pages(1)).unwrap_err();
    let Error::Link(error) = error else { panic!("{error}") };
    assert!(
        matches!(&error.problems[..], [LinkProblem::Memory { module, needed: 2, limit: 1, .. }] if module == "main")
    );
    limited(GROW, MemoryOptions::new().with_max_pages(2)).unwrap();
}

#[test]
fn memories_grow_by_max_pages_and_no_further() {
    let mut plugin = limited(GROW, MemoryOptions::new().with_max_pages(4)).unwrap();
    plugin.call::<_, ()>("grow", "1234").unwrap();
    assert!(matches!(plugin.call::<_, ()>("grow", "5"), Err(Error::Guest { code: 1, .. })));
    let error = plugin.call::<_, ()>("grow_or_die", "5").unwrap_err();
    assert!(matches!(error, Error::OutOfMemory { .. }), "{error}");
    plugin.call::<_, ()>("grow", "1").unwrap();
}

#[test]
fn an_allocation_that_the_limit_refuses_ends_the_call_whatever_the_guest_does() {
    let mut plugin = limited(&[GROW, VAR].concat(), MemoryOptions::new().with_max_pages(4)).unwrap();
    plugin.call::<_, ()>("remember", "kept").unwrap();
    let error = plugin.call::<_, ()>("alloc", ()).unwrap_err();
    assert!(matches!(&error, Error::OutOfMemory { at, .. } if at.export_name() == "alloc"), "{error}");
    assert!(error.to_string().contains("max_pages"), "{error}");
    assert_eq!(plugin.call::<_, &str>("recall", ()).unwrap(), "kept", "variables outlive the instance");
}

#[test]
fn an_input_or_a_result_of_the_hosts_that_the_limit_refuses_ends_the_call() {
    let large = || "x".repeat(2_000_000);
    let body = r#"(import "extism:host/user" "large" (func $large (result i64)))
        (func (export "get") (drop (call $config_get (call $input))))
        (func (export "recall") (drop (call $var_get (call $input))))
        (func (export "host") (drop (call $large)))
        "#;
    let (imports, rest) = body.split_once('\n').unwrap();
    let wat = wat(rest).replacen("(module", &["(module ", imports].concat(), 1);
    for encoded in [true, false] {
        let give = move |plugin: &mut CurrentPlugin<'_>, _: &[Val], results: &mut [Val]| {
            results[0] = match encoded {
                true => plugin.put(large())?,
                false => Val::I64(plugin.memory_new(large())?.offset().cast_signed()),
            };
            Ok(())
        };
        let memory = MemoryOptions::new().with_max_pages(4).with_max_var_bytes(4_000_000);
        let manifest =
            Manifest::new([Wasm::data(wat.clone())]).with_memory_options(memory).with_config_key("k", large());
        let builder = PluginBuilder::new(manifest).with_function("large", [], [ValType::I64], give);
        let mut plugin = builder.build().unwrap();
        plugin.set_var("k", large().as_bytes()).unwrap();
        for (export, input) in [("get", "k"), ("recall", "k"), ("host", "k"), ("echo", &large())] {
            let error = plugin.call::<_, &[u8]>(export, input).unwrap_err();
            assert!(matches!(error, Error::OutOfMemory { .. }), "{export}: {error}");
            assert!(error.to_string().contains("max_pages"), "{export}: {error}");
        }
        assert_eq!(plugin.call::<_, &str>("echo", "next").unwrap(), "next");
    }
}

#[test]
fn an_echo_of_more_than_the_limit_allows_is_no_empty_output() {
    let manifest = Manifest::new([Wasm::file(crate::guest("echo.wasm"))]);
    for pages in 0..40 {
        let mut plugin = Plugin::new(manifest.clone().with_memory_max(pages + 2)).unwrap();
        match plugin.call::<_, &[u8]>("echo", vec![7; 1_000_000]) {
            Ok(output) => assert_eq!(output.len(), 1_000_000, "{pages} pages"),
            Err(error) => assert!(matches!(error, Error::OutOfMemory { .. }), "{pages} pages: {error}"),
        }
    }
}

#[test]
fn variables_are_bounded_by_their_names_and_values() {
    let mut plugin = limited(VAR, MemoryOptions::new().with_max_var_bytes(48 + 5)).unwrap();
    plugin.call::<_, ()>("remember", "1234").unwrap();
    let error = plugin.call::<_, ()>("remember", "12345").unwrap_err();
    assert!(matches!(&error, Error::HostFunction { name, .. } if name == "var_set"), "{error}");
    assert_eq!(plugin.call::<_, &str>("recall", ()).unwrap(), "1234", "the last successful write");
    plugin.call::<_, ()>("forget", ()).unwrap();
    assert_eq!(plugin.vars().count(), 0);
}

#[test]
fn no_variables_at_all_when_their_limit_is_zero() {
    let mut plugin = limited(VAR, MemoryOptions::new().with_max_var_bytes(0)).unwrap();
    let error = plugin.call::<_, ()>("remember", "x").unwrap_err();
    assert!(error.to_string().contains("variables are disabled"), "{error}");
    assert_eq!(plugin.call::<_, &str>("recall", ()).unwrap(), "");
}

#[test]
fn fuel_is_counted_and_bounded() {
    let body = [SPIN, VAR].concat();
    let mut plugin = PluginBuilder::new(wat(&body)).with_fuel_limit(100_000).build().unwrap();
    assert_eq!(plugin.fuel_consumed(), None);
    plugin.call::<_, ()>("echo", "some").unwrap();
    let echo = plugin.fuel_consumed().unwrap();
    assert!(echo > 0 && echo < 1_000, "{echo}");
    let error = plugin.call::<_, ()>("spin", ()).unwrap_err();
    assert!(matches!(error, Error::OutOfFuel { limit: 100_000, .. }), "{error}");
    plugin.call::<_, ()>("echo", "some").unwrap();
    assert_eq!(plugin.fuel_consumed(), Some(echo));
}

#[test]
fn a_fuel_limit_on_an_engine_without_fuel_is_refused() {
    let engine = Engine::builder().with_pool_size(0).build().unwrap();
    let error = PluginBuilder::new(wat("")).with_engine(&engine).with_fuel_limit(1).build().unwrap_err();
    assert!(error.to_string().contains("fuel(true)"), "{error}");
}

#[test]
fn more_instances_than_the_pool_holds_are_made_all_the_same() {
    let engine = Engine::builder().with_pool_size(2).build().unwrap();
    let compiled = PluginBuilder::new(wat(VAR)).with_engine(&engine).compile().unwrap();
    let mut plugins: Vec<_> = (0..5).map(|_| compiled.instantiate().unwrap()).collect();
    for (index, plugin) in plugins.iter_mut().enumerate() {
        plugin.call::<_, ()>("remember", index.to_string()).unwrap();
    }
    for (index, plugin) in plugins.iter_mut().enumerate() {
        assert_eq!(plugin.call::<_, &str>("recall", ()).unwrap(), index.to_string());
    }
}

#[test]
fn what_a_place_of_the_pool_keeps_is_cleared() {
    let engine = Engine::builder().with_pool_size(1).with_pool_resident_bytes(4 << 20).build().unwrap();
    // Returns 1 if it finds something in a page of 2 MiB, and leaves something in each.
    let soil = r#"(memory 32) (func (export "soil") (result i32) (local $at i32)
        (loop $next
            (if (i64.ne (i64.load (local.get $at)) (i64.const 0)) (then (return (i32.const 1))))
            (i64.store (local.get $at) (i64.const -1))
            (local.set $at (i32.add (local.get $at) (i32.const 4096)))
            (br_if $next (i32.lt_u (local.get $at) (i32.const 0x200000))))
        (i32.const 0))"#;
    let compiled = PluginBuilder::new(wat(soil)).with_engine(&engine).compile().unwrap();
    for _ in 0..3 {
        let mut plugin = compiled.instantiate().unwrap();
        plugin.call::<_, ()>("soil", ()).unwrap();
        assert!(matches!(plugin.call::<_, ()>("soil", ()), Err(Error::Guest { code: 1, .. })));
    }
}

/// As in the official runtime, where the plug-in does not learn of it.
#[test]
fn growth_beyond_the_limit_ends_the_call_if_it_is_fatal() {
    let text = wat(r#"(memory 1) (func (export "grow") (result i32)
            (i32.eq (memory.grow (i32.const 5)) (i32.const -1)))"#);
    let manifest = Manifest::new([Wasm::data(text)]).with_memory_options(MemoryOptions::new().with_max_pages(4));
    let mut plugin = Plugin::new(manifest.clone()).unwrap();
    assert!(matches!(plugin.call::<_, ()>("grow", ""), Err(Error::Guest { code: 1, .. })), "it learns of it");
    let mut plugin = PluginBuilder::new(manifest).with_fatal_growth(true).build().unwrap();
    let Err(Error::OutOfMemory { detail, .. }) = plugin.call::<_, ()>("grow", "") else { panic!() };
    assert!(detail.contains("grow by 4 pages"), "{detail}");
}
