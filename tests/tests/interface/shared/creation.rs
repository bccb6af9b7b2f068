//! Tests the sources of a client.

use std::time::Duration;

use extism_runtime::{CompiledPlugin, Error, Pool, client::SharedInterface, plugin_interface, pool::Reuse};

use crate::echoes;

#[plugin_interface]
trait Echo {
    fn echo(&self, text: &str) -> Result<String, Error>;
    fn other(&self) -> Result<String, Error>;
}

#[test]
fn a_client_is_made_of_a_source_a_builder_a_compiled_plugin_or_a_pool() {
    let source = echoes(&["echo", "other"]);
    assert_eq!(EchoPlugin::load(source.as_str()).unwrap().echo("a").unwrap(), "a");
    let client = EchoPlugin::builder(source.as_str())
        .with_max_instances(2)
        .with_max_wait(Duration::from_secs(1))
        .with_max_idle(1)
        .with_max_idle_time(Duration::from_secs(1))
        .with_reuse(Reuse::Fresh)
        .build()
        .unwrap();
    assert_eq!(client.echo("a").unwrap(), "a");
    assert_eq!(client.pool().max_instances(), 2);
    let compiled = CompiledPlugin::new(source.as_str()).unwrap();
    assert_eq!(EchoPlugin::try_from(&compiled).unwrap().echo("a").unwrap(), "a");
    let pool = Pool::new(compiled, 1);
    let (first, second) = (EchoPlugin::try_from(pool.clone()).unwrap(), EchoPlugin::try_from(pool.clone()).unwrap());
    assert_eq!((first.echo("a").unwrap(), second.echo("b").unwrap()), ("a".to_owned(), "b".to_owned()));
    assert_eq!(pool.instances(), 1);
}

#[test]
fn all_mismatches_are_reported_together_and_no_instance_is_created() {
    let pool = Pool::new(CompiledPlugin::new(echoes(&["ech"])).unwrap(), 1);
    let Err(Error::Interface(error)) = EchoPlugin::try_from(pool.clone()) else { panic!("another result") };
    let missing: Vec<_> = error.mismatches.iter().map(|mismatch| mismatch.export.as_str()).collect();
    assert_eq!(missing, ["echo", "other"]);
    assert_eq!(pool.instances(), 0);
    assert!(matches!(EchoPlugin::load(echoes(&["echo"])), Err(Error::Interface(_))));
}

#[test]
fn code_can_be_generic_over_shared_interfaces() {
    fn load<C: SharedInterface>(source: &str) -> C {
        assert_eq!(C::interface().name, "Echo");
        C::try_from(&CompiledPlugin::new(source).unwrap()).unwrap().clone()
    }
    let client: EchoPlugin = load(&echoes(&["echo", "other"]));
    assert_eq!(client.with_timeout(Duration::from_secs(60)).other().unwrap(), "");
    assert!(format!("{client:?}").starts_with("EchoPlugin { pool: Pool"), "{client:?}");
}
