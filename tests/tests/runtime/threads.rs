use std::{thread, time::Duration};

use extism_runtime::{Error, Manifest, Plugin, PluginBuilder, Pool, Wasm};

use crate::{SPIN, VAR, compiled, guest, wat};

#[test]
fn many_threads_call_instances_of_one_compiled_plugin() {
    let compiled = compiled(VAR);
    thread::scope(|scope| {
        for id in 0..8 {
            let compiled = compiled.clone();
            scope.spawn(move || {
                let mut plugin = compiled.instantiate().unwrap();
                for round in 0..200 {
                    let text = format!("thread {id} round {round}");
                    plugin.call::<_, ()>("remember", &text).unwrap();
                    assert_eq!(plugin.call::<_, &str>("recall", ()).unwrap(), text);
                }
            });
        }
    });
}

#[test]
fn a_plugin_moves_between_threads() {
    let mut plugin = compiled(VAR).instantiate().unwrap();
    plugin.call::<_, ()>("remember", "here").unwrap();
    let value = thread::spawn(move || plugin.call::<_, String>("recall", ()).unwrap()).join().unwrap();
    assert_eq!(value, "here");
}

#[test]
fn one_instances_timeout_never_touches_another() {
    let manifest = Manifest::new([Wasm::data(wat(SPIN))]).with_timeout(Duration::from_millis(40));
    let limited = PluginBuilder::new(manifest).compile().unwrap();
    let slow = Manifest::new([Wasm::data(wat(r#"(func (export "work") (local $i i64)
               (loop $next
                   (local.set $i (i64.add (local.get $i) (i64.const 1)))
                   (br_if $next (i64.lt_u (local.get $i) (i64.const 400000000)))))"#))]);
    let mut unlimited = Plugin::new(slow).unwrap();
    thread::scope(|scope| {
        let worker = scope.spawn(move || unlimited.call::<_, ()>("work", ()));
        for _ in 0..5 {
            let mut plugin = limited.instantiate().unwrap();
            assert!(matches!(plugin.call::<_, ()>("spin", ()), Err(Error::Timeout { .. })));
            assert_eq!(plugin.call::<_, &str>("echo", "alive").unwrap(), "alive");
        }
        assert!(worker.join().unwrap().is_ok());
    });
}

fn calls_of_every_kind() {
    let mut plugin = Plugin::new(guest("count_vowels.wasm")).unwrap();
    assert!(plugin.call::<_, &str>("count_vowels", "abc").unwrap().contains("\"count\":1"));
    let mut wasi = PluginBuilder::new(guest("wasi_files.wasm")).with_wasi(true).build().unwrap();
    wasi.call::<_, ()>("sleep_ms", "5").unwrap();
}

#[test]
fn plugins_run_inside_tokio_tasks_of_either_runtime() {
    let current = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    current.block_on(async { calls_of_every_kind() });
    let several = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    several.block_on(async {
        tokio::spawn(async { calls_of_every_kind() }).await.unwrap();
        tokio::task::spawn_blocking(calls_of_every_kind).await.unwrap();
    });
}

#[test]
fn a_pool_never_has_more_instances_than_its_size_and_takes_them_back() {
    let pool = Pool::new(compiled(VAR), 2);
    let mut first = pool.get(Duration::ZERO).unwrap().unwrap();
    let second = pool.get(Duration::ZERO).unwrap().unwrap();
    assert!(pool.get(Duration::from_millis(5)).unwrap().is_none(), "both are in use");
    first.call::<_, ()>("remember", "its own").unwrap();
    let id = first.id();
    let waiting = pool.clone();
    let waiter = thread::spawn(move || {
        let mut plugin = waiting.get(Duration::from_secs(60)).unwrap().unwrap();
        (plugin.id(), plugin.call::<_, String>("recall", ()).unwrap())
    });
    drop(first);
    assert_eq!(waiter.join().unwrap(), (id, "its own".to_owned()));
    drop(second);
    assert_eq!((pool.instances(), pool.idle_instances()), (2, 2));
}

#[test]
fn a_pool_serves_many_threads() {
    let pool = Pool::new(compiled(""), 3);
    thread::scope(|scope| {
        for thread in 0..8 {
            let pool = &pool;
            scope.spawn(move || {
                for round in 0..50 {
                    let text = format!("{thread} {round}");
                    let mut plugin = pool.get(Duration::from_secs(60)).unwrap().unwrap();
                    assert_eq!(plugin.call::<_, &str>("echo", &text).unwrap(), text);
                }
            });
        }
    });
    assert!(pool.instances() <= 3);
    assert_eq!(pool.idle_instances(), pool.instances());
}
