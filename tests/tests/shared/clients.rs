//! Tests clients of traits whose methods take `&self`.

use std::{sync::Arc, thread, time::Duration};

use extism_runtime::{CompiledPlugin, Error, PluginBuilder, Pool, ValType, plugin_interface, pool::Reuse};

use crate::{GUEST, compiled};

#[plugin_interface]
trait Counter {
    /// Returns the text.
    fn echo(&self, text: &str) -> Result<String, Error>;
    fn count(&self) -> Result<u64, Error>;
    #[export(optional)]
    fn reset(&self) -> Result<Option<()>, Error>;
}

#[test]
fn a_shared_client_is_called_by_many_threads_without_a_lock_of_theirs() {
    let client = CounterPlugin::builder(GUEST).with_max_instances(2).build().unwrap();
    thread::scope(|scope| {
        for thread in 0..8 {
            let client = client.clone();
            scope.spawn(move || {
                for call in 0..100 {
                    let text = format!("{thread} {call}");
                    assert_eq!(client.echo(&text).unwrap(), text);
                }
            });
        }
    });
    assert!(client.pool().instances() <= 2);
    assert_eq!(client.pool().idle_instances(), client.pool().instances());
    assert!(!client.has_reset() && client.reset().unwrap().is_none());
}

#[test]
fn a_shared_client_is_a_trait_object_too() {
    let client: Arc<dyn Counter + Send + Sync> = Arc::new(CounterPlugin::load(GUEST).unwrap());
    let other = Arc::clone(&client);
    assert_eq!(thread::spawn(move || other.echo("there")).join().unwrap().unwrap(), "there");
    assert_eq!(client.echo("here").unwrap(), "here");
}

#[test]
fn the_builder_of_a_shared_client_has_the_options_of_its_pool() {
    for (reuse, expected) in [(Reuse::Keep, [1, 2, 3]), (Reuse::Fresh, [1, 1, 1])] {
        let client = CounterPlugin::builder(GUEST).with_max_instances(1).with_reuse(reuse).build().unwrap();
        assert_eq!([(); 3].map(|()| client.count().unwrap()), expected, "{reuse:?}");
        assert_eq!(client.pool().max_instances(), 1);
    }
    let untrusted: CounterPlugin = PluginBuilder::untrusted(GUEST).typed().build().unwrap();
    assert_eq!([(); 2].map(|()| untrusted.count().unwrap()), [1, 1], "a fresh instance for each call");
}

#[test]
fn a_shared_client_is_made_of_a_compiled_plugin_or_of_a_pool() {
    let client = CounterPlugin::try_from(&compiled()).unwrap();
    assert_eq!(client.echo("x").unwrap(), "x");
    let pool = Pool::new(compiled(), 1);
    let client = CounterPlugin::try_from(pool.clone()).unwrap();
    assert_eq!((client.count().unwrap(), pool.call::<_, u64>("count", ()).unwrap()), (1, 2), "the same instance");

    let other = CompiledPlugin::new("(module (func (export \"echo\")))").unwrap();
    let error = CounterPlugin::try_from(&other).expect_err("it lacks an export");
    let Error::Interface(error) = error else { panic!("{error}") };
    let missing: Vec<_> = error.mismatches.iter().map(|mismatch| &*mismatch.export).collect();
    assert_eq!((missing, CounterPlugin::interface().name.as_ref()), (vec!["count"], "Counter"));
}

#[test]
fn views_with_a_timeout_and_a_context_combine_and_leave_the_client_as_it_is() {
    let guest = r#"(module
        (import "extism:host/user" "context" (func $context (result i64)))
        (import "extism:host/env" "length" (func $length (param i64) (result i64)))
        (import "extism:host/env" "output_set" (func $set (param i64 i64)))
        (func (export "echo") (local $text i64)
            (local.set $text (call $context))
            (call $set (local.get $text) (call $length (local.get $text))))
        (func (export "count") (loop $again (br $again))))"#;
    let client = CounterPlugin::builder(guest)
        .with_function("context", [], [ValType::I64], |plugin, _, results| {
            let text = match plugin.context_mut::<String>() {
                Some(text) => {
                    text.push('!');
                    text.clone()
                }
                None => "none".to_owned(),
            };
            results[0] = plugin.put(text)?;
            Ok(())
        })
        .with_max_instances(1)
        .with_timeout(Duration::from_secs(5))
        .build()
        .unwrap();
    let soon = Duration::from_millis(20);
    for view in [
        client.with_context("Alice".to_owned()).with_timeout(soon),
        client.with_timeout(soon).with_context("Alice".to_owned()),
    ] {
        assert_eq!([(); 2].map(|()| view.echo("").unwrap()), ["Alice!", "Alice!"], "each call has its own");
        assert!(matches!(view.count(), Err(Error::Timeout { limit, .. }) if limit == soon));
        assert_eq!(view.with_context("Bob".to_owned()).echo("").unwrap(), "Bob!");
    }
    assert_eq!(client.echo("").unwrap(), "none");
    let longer = client.with_timeout(Duration::from_secs(3600)).with_timeout(Duration::from_secs(4000));
    assert_eq!(longer.echo("").unwrap(), "none");
    let user = client.pool().try_get().unwrap().expect("it is free");
    let error = client.with_timeout(soon).echo("").expect_err("waiting counts");
    assert!(matches!(error, Error::Timeout { limit, .. } if limit == soon), "{error}");
    drop(user);
    assert_eq!(client.pool().idle_instances(), 1);
}
