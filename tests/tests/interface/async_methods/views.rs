//! Tests contexts, views and interfaces that extend each other.

use extism_runtime::{CurrentPlugin, Error, PluginInterface, host::Scalar, host_fn, host_fns, plugin_interface};

use super::block_on;
use crate::echo;

#[host_fn]
fn note(plugin: &mut CurrentPlugin<'_>) -> Scalar<i32> {
    match plugin.context_mut::<u32>() {
        Some(calls) => {
            *calls += 1;
            Scalar(1)
        }
        None => Scalar(-1),
    }
}

#[plugin_interface]
trait Noting {
    async fn note(&mut self) -> Result<(), Error>;
}

fn noting() -> NotingPlugin {
    let wat = r#"(module
        (import "extism:host/user" "note" (func $note (result i32)))
        (func (export "note") (if (i32.lt_s (call $note) (i32.const 0)) (then unreachable))))"#;
    NotingPlugin::builder(wat).with_functions(host_fns![note]).build().unwrap()
}

async fn notes(mut noting: impl Noting) -> Result<(), Error> {
    noting.note().await
}

#[test]
fn calls_of_a_view_have_its_context() {
    let mut client = noting();
    block_on(async {
        let mut view = client.with_context(5_u32);
        view.note().await.unwrap();
        notes(&mut view).await.unwrap();
        assert_eq!(view.into_context(), Some(7_u32));
        client.with_context(0_u32).note().await.unwrap();
        assert!(matches!(client.note().await, Err(Error::Trap { .. })), "there is no context any more");
    });
}

#[plugin_interface]
trait Base {
    async fn base(&mut self) -> Result<String, Error>;
}

#[plugin_interface(extends(BasePlugin))]
trait Extended: Base {
    async fn more(&mut self, text: &str) -> Result<&str, Error>;
    async fn both(&mut self) -> Result<String, Error> {
        Ok(self.base().await? + self.more("more").await?)
    }
}

async fn both_of(mut extended: impl Extended + Send) -> String {
    extended.both().await.unwrap()
}

#[test]
fn an_extending_interface_and_a_view_await_the_exports_of_both() {
    let mut plugin = echo(&["base", "more"]);
    block_on(async {
        assert_eq!(BasePlugin::view(&mut plugin).unwrap().base().await.unwrap(), "");
        assert_eq!(both_of(ExtendedPlugin::view(&mut plugin).unwrap()).await, "more");
        let mut client = ExtendedPlugin::try_from(plugin).unwrap();
        assert_eq!(client.more("a").await.unwrap(), "a");
        assert_eq!(client.base().await.unwrap(), "");
        assert_eq!(client.as_client::<BasePlugin>().base().await.unwrap(), "");
        assert_eq!(both_of(&mut client).await, "more");
    });
}
