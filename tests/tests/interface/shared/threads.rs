//! Tests one client for any number of threads and tasks.

use std::{rc::Rc, sync::Arc, thread};

use extism_runtime::{Error, plugin_interface, pool::Reuse};

use crate::{async_methods::block_on, echoes};

#[plugin_interface]
trait Echo {
    fn echo(&self, text: &str) -> Result<String, Error>;
}

#[plugin_interface]
trait Awaited {
    async fn echo(&self, text: &str) -> Result<String, Error>;
}

fn client() -> EchoPlugin {
    EchoPlugin::builder(echoes(&["echo"])).with_max_instances(2).build().unwrap()
}

#[test]
fn threads_share_a_client_by_reference_by_clone_and_as_a_trait_object() {
    let client = client();
    let object: Arc<dyn Echo + Send + Sync> = Arc::new(client.clone());
    thread::scope(|scope| {
        for number in 0..4 {
            let (client, object, clone) = (&client, Arc::clone(&object), client.clone());
            scope.spawn(move || {
                for round in 0..50 {
                    let text = format!("{number} {round}");
                    assert_eq!(client.echo(&text).unwrap(), text);
                    assert_eq!(object.echo(&text).unwrap(), text);
                    assert_eq!(clone.echo(&text).unwrap(), text);
                }
            });
        }
    });
    assert!(client.pool().instances() <= 2);
    assert_eq!(client.pool().instances(), client.pool().idle_instances());
}

#[test]
fn tasks_share_a_client() {
    async fn echo<A: Awaited + Send + Sync + 'static>(awaited: Arc<A>) -> String {
        let tasks: Vec<_> = (0..8)
            .map(|number: u32| {
                let awaited = Arc::clone(&awaited);
                tokio::spawn(async move { awaited.echo(&number.to_string()).await.unwrap() })
            })
            .collect();
        let mut all = String::new();
        for task in tasks {
            all += &task.await.unwrap();
        }
        all
    }
    for runtime in [
        tokio::runtime::Builder::new_current_thread().build().unwrap(),
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap(),
    ] {
        let client = AwaitedPlugin::builder(echoes(&["echo"])).with_max_instances(2).build().unwrap();
        assert_eq!(runtime.block_on(echo(Arc::new(client.clone()))), "01234567");
        assert_eq!(runtime.block_on(echo(Arc::new(Mock))), "01234567");
        assert!(client.pool().instances() <= 2);
    }
}

struct Mock;

impl Awaited for Mock {
    async fn echo(&self, text: &str) -> Result<String, Error> {
        Ok(text.to_owned())
    }
}

impl Echo for Mock {
    fn echo(&self, text: &str) -> Result<String, Error> {
        Ok(text.to_owned())
    }
}

#[test]
fn what_hands_calls_on_implements_the_trait() {
    fn call(echo: impl Echo) -> String {
        echo.echo("a").unwrap()
    }
    fn call_async(awaited: impl Awaited) -> String {
        block_on(awaited.echo("a")).unwrap()
    }
    let mut client = client();
    let object: Arc<dyn Echo> = Arc::new(Mock);
    let boxed: Box<dyn Echo> = Box::new(client.clone());
    let all = [
        call(&client),
        call(&mut client),
        call(Arc::new(client.clone())),
        call(Rc::new(&client)),
        call(Box::new(client)),
        call(&*object),
        call(object),
        call(boxed),
        call_async(&Mock),
        call_async(Arc::new(Mock)),
    ];
    assert_eq!(all.concat(), "a".repeat(10));
}

/// Counts its calls.
const COUNTER: &str = r#"(module
    (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
    (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
    (import "extism:host/env" "output_set" (func $set (param i64 i64)))
    (global $calls (mut i32) (i32.const 48))
    (func (export "echo")
        (local $block i64)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (local.set $block (call $alloc (i64.const 1)))
        (call $store (local.get $block) (global.get $calls))
        (call $set (local.get $block) (i64.const 1))))"#;

#[test]
fn the_builder_says_what_passes_from_call_to_call() {
    let builder = || EchoPlugin::builder(COUNTER).with_max_instances(1);
    let kept = builder().with_reuse(Reuse::Keep).build().unwrap();
    assert_eq!((kept.echo("").unwrap(), kept.echo("").unwrap()), ("1".to_owned(), "2".to_owned()));
    let fresh = builder().with_reuse(Reuse::Fresh).build().unwrap();
    assert_eq!((fresh.echo("").unwrap(), fresh.echo("").unwrap()), ("1".to_owned(), "1".to_owned()));
}
