//! Tests interfaces that extend others.

use std::sync::Arc;

use extism_runtime::{CompiledPlugin, Error, Pool, client::SharedInterface, plugin_interface};

use crate::{async_methods::block_on, echoes};

#[plugin_interface]
trait Base {
    fn base(&self, text: &str) -> Result<String, Error>;
}

#[plugin_interface]
trait Other {
    async fn other(&self, text: &str) -> Result<String, Error>;
}

#[plugin_interface(extends(BasePlugin, OtherPlugin))]
trait Extended: Base + Other {
    fn more(&self) -> Result<String, Error>;
    async fn all(&self) -> Result<String, Error> {
        Ok(self.base("a")? + &self.other("b").await? + &self.more()?)
    }
}

fn base_of(base: impl Base) -> String {
    base.base("base").unwrap()
}

async fn all_of(extended: impl Extended + Sync) -> String {
    extended.all().await.unwrap()
}

#[test]
fn the_client_of_an_extending_interface_has_the_methods_of_all_and_implements_all_traits() {
    let pool = Pool::new(CompiledPlugin::new(echoes(&["base", "other", "more"])).unwrap(), 1);
    let client = ExtendedPlugin::try_from(pool.clone()).unwrap();
    assert_eq!(client.base("a").unwrap(), "a");
    assert_eq!(block_on(Other::other(&client, "a")).unwrap(), "a");
    assert_eq!(block_on(client.all()).unwrap(), "ab");
    assert_eq!(block_on(all_of(client.clone().with_context(1_u8))), "ab");
    assert_eq!(block_on(all_of(Arc::new(&client))), "ab");
    assert_eq!(base_of(client.clone()), "base");
    assert_eq!(client.as_client::<BasePlugin>().base("a").unwrap(), "a");
    assert_eq!(pool.instances(), 1);
    let methods = ExtendedPlugin::interface().methods.iter().map(|method| method.name.to_string());
    assert_eq!(methods.collect::<Vec<_>>(), ["base", "other", "more", "all"]);
}

#[test]
fn an_extending_interface_asks_for_the_exports_of_all() {
    let Err(Error::Interface(error)) = ExtendedPlugin::load("(module)") else { panic!("another result") };
    assert_eq!(error.mismatches.len(), 3);
}
