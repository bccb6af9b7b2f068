//! `with_context`.

use extism_runtime::{CurrentPlugin, Error, PluginInterface, host::Scalar, host_fn, host_fns, plugin_interface};

#[derive(Debug, PartialEq)]
struct Session {
    calls: u32,
}

#[host_fn]
fn note(plugin: &mut CurrentPlugin<'_>) -> Scalar<i32> {
    match plugin.context_mut::<Session>() {
        Some(session) => {
            session.calls += 1;
            Scalar(session.calls.cast_signed())
        }
        None => Scalar(-1),
    }
}

#[plugin_interface]
trait Noting {
    fn note(&mut self) -> Result<(), Error>;
    fn trap(&mut self) -> Result<(), Error>;
}

fn noting() -> NotingPlugin {
    let wat = r#"(module
        (import "extism:host/user" "note" (func $note (result i32)))
        (func (export "note") (if (i32.lt_s (call $note) (i32.const 0)) (then unreachable)))
        (func (export "trap") (drop (call $note)) unreachable))"#;
    NotingPlugin::builder(wat).with_functions(host_fns![note]).build().unwrap()
}

#[test]
fn all_calls_of_a_view_have_its_context_and_it_is_given_back() {
    let mut plugin = noting();
    let mut view = plugin.with_context(Session { calls: 0 });
    view.note().unwrap();
    view.note().unwrap();
    assert_eq!(view.into_context(), Some(Session { calls: 2 }));
    assert!(matches!(plugin.note(), Err(Error::Trap { .. })), "there is no context any more");
}

#[test]
fn a_context_lives_for_one_expression() {
    let mut plugin = noting();
    plugin.with_context(Session { calls: 0 }).note().unwrap();
    assert!(matches!(plugin.note(), Err(Error::Trap { .. })));
}

#[test]
fn views_nest() {
    let mut plugin = noting();
    let mut outer = plugin.with_context(Session { calls: 10 });
    outer.with_context(Session { calls: 0 }).note().unwrap();
    let mut inner = outer.with_context(Session { calls: 5 });
    inner.note().unwrap();
    assert_eq!(inner.into_context(), Some(Session { calls: 6 }));
    outer.note().unwrap();
    assert_eq!(outer.into_context(), Some(Session { calls: 11 }));
}

#[test]
fn a_context_outlives_the_instance() {
    let mut plugin = noting();
    let mut view = plugin.with_context(Session { calls: 0 });
    assert!(matches!(view.trap(), Err(Error::Trap { .. })));
    view.note().unwrap();
    assert_eq!(view.into_context(), Some(Session { calls: 2 }));
}

#[test]
fn a_context_of_another_type_is_not_given_back() {
    assert_eq!(noting().with_context(5_u8).into_context::<Session>(), None);
}

#[test]
fn a_view_is_what_it_views() {
    fn run(noting: &mut impl Noting) {
        noting.note().unwrap();
    }
    fn run_any<P: PluginInterface + Noting>(plugin: &mut P) {
        run(&mut *plugin.with_context(Session { calls: 0 }));
    }
    let mut plugin = noting();
    run(&mut *plugin.with_context(Session { calls: 0 }));
    run_any(&mut plugin);
}
