//! `with_context` and `with_timeout`.

use std::time::Duration;

use extism_runtime::{
    CurrentPlugin, Error, client::SharedInterface, host::Scalar, host_fn, host_fns, plugin_interface,
};

use crate::async_methods::block_on;

const SHORT: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(30);

/// Returns the context after one more call, or -1.
#[host_fn]
fn note(plugin: &mut CurrentPlugin<'_>) -> Scalar<i32> {
    match plugin.context_mut::<i32>() {
        Some(calls) => {
            *calls += 1;
            Scalar(*calls)
        }
        None => Scalar(-1),
    }
}

#[plugin_interface]
trait Noting {
    fn note(&self) -> Result<(), Error>;
    #[export(name = "note")]
    async fn note_async(&self) -> Result<(), Error>;
    fn looping(&self) -> Result<(), Error>;
    #[export(name = "looping")]
    async fn looping_async(&self) -> Result<(), Error>;
}

fn noting() -> NotingPlugin {
    let wat = r#"(module
        (import "extism:host/user" "note" (func $note (result i32)))
        (func (export "note") (result i32) (call $note))
        (func (export "looping") (loop (br 0))))"#;
    NotingPlugin::builder(wat).with_functions(host_fns![note]).with_max_instances(1).build().unwrap()
}

/// The number that `note` returned.
#[track_caller]
fn noted(result: Result<(), Error>) -> i32 {
    match result {
        Ok(()) => 0,
        Err(Error::Guest { code, .. }) => code,
        Err(other) => panic!("another error: {other}"),
    }
}

#[track_caller]
fn timed_out(result: Result<(), Error>) -> Duration {
    match result {
        Err(Error::Timeout { limit, .. }) => limit,
        other => panic!("no timeout: {other:?}"),
    }
}

#[test]
fn each_call_has_its_own_clone_of_the_context() {
    let client = noting();
    let view = client.with_context(5);
    assert_eq!((noted(view.note()), noted(view.note())), (6, 6));
    assert_eq!(noted(block_on(view.note_async())), 6);
    assert_eq!(noted(client.with_context(7).note()), 8);
    assert_eq!(noted(client.note()), -1, "the client itself has none");
    assert_eq!(noted(block_on(client.note_async())), -1);
    assert_eq!(client.pool().instances(), 1);
}

#[test]
fn a_context_and_a_limit_are_combined_in_any_order() {
    let client = noting();
    for view in [client.with_context(5).with_timeout(SHORT), client.with_timeout(SHORT).with_context(5)] {
        assert_eq!(noted(view.note()), 6);
        assert_eq!(timed_out(view.looping()), SHORT);
        assert_eq!(timed_out(block_on(view.looping_async())), SHORT);
    }
    assert_eq!(timed_out(client.with_timeout(LONG).with_timeout(SHORT).looping()), SHORT);
    assert_eq!(timed_out(client.with_timeout(SHORT).with_timeout(LONG).looping()), SHORT, "the shorter limit is kept");
}

#[test]
fn a_view_is_what_it_views() {
    fn run(noting: impl Noting) -> i32 {
        noted(noting.note())
    }
    fn run_any<C: SharedInterface + Noting>(client: &C) -> i32 {
        run(client.with_context(1).with_timeout(LONG))
    }
    assert_eq!(run_any(&noting()), 2);
}
