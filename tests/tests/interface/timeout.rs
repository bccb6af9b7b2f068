//! `with_timeout`, alone and together with `with_context`.

use std::time::Duration;

use extism_runtime::{CurrentPlugin, Error, PluginInterface, host::Scalar, host_fn, host_fns, plugin_interface};

use crate::async_methods::block_on;

/// The time limit of a call that never ends.
const SHORT: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(30);

#[host_fn]
fn note(plugin: &mut CurrentPlugin<'_>) -> Scalar<i32> {
    let calls = plugin.context_mut::<u32>().map_or(-1, |calls| {
        *calls += 1;
        1
    });
    Scalar(calls)
}

#[plugin_interface]
trait Looping {
    fn note(&mut self) -> Result<(), Error>;
    fn looping(&mut self) -> Result<(), Error>;
    #[export(name = "looping")]
    async fn looping_async(&mut self) -> Result<(), Error>;
    #[export(name = "note")]
    async fn note_async(&mut self) -> Result<(), Error>;
}

const LOOPING: &str = r#"(module
    (import "extism:host/user" "note" (func $note (result i32)))
    (func (export "note") (if (i32.lt_s (call $note) (i32.const 0)) (then unreachable)))
    (func (export "looping") (drop (call $note)) (loop (br 0))))"#;

/// A client of a plug-in with or without its own time limit.
fn looping(limit: Option<Duration>) -> LoopingPlugin {
    let builder = LoopingPlugin::builder(LOOPING).with_functions(host_fns![note]);
    let builder = match limit {
        Some(limit) => builder.with_timeout(limit),
        None => builder,
    };
    builder.build().unwrap()
}

#[track_caller]
fn timed_out<T: std::fmt::Debug>(result: Result<T, Error>) -> Duration {
    match result {
        Err(Error::Timeout { limit, .. }) => limit,
        other => panic!("no timeout: {other:?}"),
    }
}

#[test]
fn calls_of_a_view_have_its_time_limit() {
    let mut client = looping(None);
    let mut view = client.with_timeout(SHORT);
    assert_eq!(timed_out(view.looping()), SHORT);
    assert_eq!(timed_out(block_on(view.looping_async())), SHORT);
    drop(view);
    assert_eq!(timed_out(client.with_timeout(SHORT).looping()), SHORT);
}

#[test]
fn the_plugins_own_limit_is_the_upper_bound() {
    let mut client = looping(Some(SHORT));
    assert_eq!(timed_out(client.with_timeout(LONG).looping()), SHORT);
    assert_eq!(timed_out(block_on(client.with_timeout(LONG).looping_async())), SHORT);
    let mut client = looping(Some(LONG));
    assert_eq!(timed_out(client.with_timeout(SHORT).looping()), SHORT);
}

#[test]
fn a_view_of_a_view_keeps_the_shorter_limit() {
    let mut client = looping(None);
    let mut outer = client.with_timeout(SHORT);
    assert_eq!(timed_out(outer.with_timeout(LONG).looping()), SHORT);
    drop(outer);
    let mut outer = client.with_timeout(LONG);
    assert_eq!(timed_out(outer.with_timeout(SHORT).looping()), SHORT);
    drop(outer);
    assert_eq!(timed_out(client.with_timeout(SHORT).with_timeout(LONG).looping()), SHORT);
}

#[test]
fn a_limit_ends_with_its_view() {
    let mut client = looping(None);
    assert!(timed_out(client.with_timeout(Duration::ZERO).looping()).is_zero());
    client.with_context(0_u32).note().unwrap();
    block_on(client.with_context(0_u32).note_async()).unwrap();
}

#[test]
fn a_context_and_a_limit_are_combined_in_any_order() {
    let mut client = looping(None);
    let mut view = client.with_context(5_u32).with_timeout(SHORT);
    view.note().unwrap();
    assert_eq!(timed_out(view.looping()), SHORT);
    assert_eq!(view.into_context(), Some(7_u32));
    let mut view = client.with_timeout(SHORT).with_context(5_u32);
    block_on(view.note_async()).unwrap();
    assert_eq!(timed_out(block_on(view.looping_async())), SHORT);
    assert_eq!(view.into_context(), Some(7_u32));
    assert!(matches!(client.note(), Err(Error::Trap { .. })), "there is no context any more");
}

#[test]
fn a_view_with_a_limit_is_what_it_views() {
    fn run(mut looping: impl Looping) -> Duration {
        timed_out(looping.looping())
    }
    fn run_any<P: PluginInterface + Looping>(client: &mut P) -> Duration {
        run(client.with_timeout(SHORT).with_context(1_u8)) + run(client.with_timeout(SHORT))
    }
    let mut client = looping(None);
    assert_eq!(run_any(&mut client), SHORT * 2);
    let mut plugin = client.into_inner();
    assert_eq!(run(LoopingPlugin::view(&mut plugin).unwrap().with_timeout(SHORT)), SHORT);
}
