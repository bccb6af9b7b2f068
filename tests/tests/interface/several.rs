//! Tests several interfaces for one instance.

use std::sync::atomic::{AtomicU32, Ordering};

use extism_runtime::{CompiledPlugin, Error, Plugin, PluginInterface, Pool, client::View, plugin_interface};

use crate::{echo, echoes};

#[plugin_interface]
trait Reader {
    fn read(&mut self, key: &str) -> Result<String, Error>;
    #[export(optional)]
    fn version(&mut self) -> Result<Option<String>, Error>;
}

#[plugin_interface]
trait Writer {
    fn write(&mut self, text: &str) -> String;
}

/// A plug-in that counts its calls, so that it shows whether the instance stayed the same.
const COUNTER: &str = r#"(module
    (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
    (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
    (import "extism:host/env" "output_set" (func $set (param i64 i64)))
    (global $calls (mut i32) (i32.const 48))
    (func (export "read") (export "write") (export "base") (export "more")
        (local $block i64)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (local.set $block (call $alloc (i64.const 1)))
        (call $store (local.get $block) (global.get $calls))
        (call $set (local.get $block) (i64.const 1))))"#;

#[test]
fn views_of_several_interfaces_call_one_instance() {
    let mut plugin = Plugin::new(COUNTER).unwrap();
    assert_eq!(ReaderPlugin::view(&mut plugin).unwrap().read("").unwrap(), "1");
    {
        let mut writer = WriterPlugin::view(&mut plugin).unwrap();
        assert_eq!(writer.write("").unwrap(), "2");
        assert_eq!(writer.write("").unwrap(), "3");
    }
    let mut reader = View::<ReaderPlugin>::try_from(&mut plugin).unwrap();
    assert_eq!(reader.read("").unwrap(), "4");
    assert!(!reader.has_version());
    drop(reader);
    assert_eq!(plugin.call::<_, &str>("read", "").unwrap(), "5");
}

#[test]
fn a_view_of_an_interface_that_does_not_fit_leaves_the_plugin_as_it_is() {
    let mut plugin = echo(&["read"]);
    plugin.set_var("kept", b"1").unwrap();
    let id = plugin.id();
    let error = WriterPlugin::view(&mut plugin).unwrap_err();
    assert!(matches!(&error, Error::Interface(error) if error.mismatches.len() == 1), "{error}");
    assert_eq!((plugin.id(), plugin.var("kept")), (id, Some(&b"1"[..])));
}

#[test]
fn a_view_of_a_view_and_of_one_with_a_context_are_clients_too() {
    let mut plugin = Plugin::new(COUNTER).unwrap();
    let mut reader = ReaderPlugin::view(&mut plugin).unwrap();
    assert_eq!(WriterPlugin::view(reader.plugin_mut()).unwrap().write("").unwrap(), "1");
    assert_eq!(reader.with_context(5_u8).read("").unwrap(), "2");
}

#[test]
fn an_instance_of_a_pool_has_typed_views() {
    let pool = Pool::new(CompiledPlugin::new(COUNTER).unwrap(), 1);
    for expected in ["1", "2"] {
        let mut plugin = pool.get(std::time::Duration::from_secs(5)).unwrap().unwrap();
        assert_eq!(ReaderPlugin::view(&mut plugin).unwrap().read("").unwrap(), expected);
    }
}

#[test]
fn a_client_is_made_of_a_compiled_plugin() {
    let compiled = CompiledPlugin::new(COUNTER).unwrap();
    let mut first = ReaderPlugin::try_from(&compiled).unwrap();
    assert_eq!((first.read("").unwrap(), first.read("").unwrap()), ("1".to_owned(), "2".to_owned()));
    let mut second: ReaderPlugin = (&compiled).try_into().unwrap();
    assert_eq!(second.read("").unwrap(), "1");
    let error = ReaderPlugin::try_from(&CompiledPlugin::new(echoes(&["write"])).unwrap()).unwrap_err();
    assert!(matches!(error, Error::Interface(_)), "{error}");
}

/// A base.
#[plugin_interface]
trait Base {
    /// The base's.
    fn base(&mut self) -> Result<String, Error>;
    fn fallback(&mut self) -> Result<String, Error> {
        self.base().map(|text| format!("fallback {text}"))
    }
}

#[plugin_interface(extends(BasePlugin))]
trait Extended: Base {
    fn more(&mut self) -> Result<String, Error>;
    fn both(&mut self) -> Result<String, Error> {
        Ok(self.base()? + &self.more()?)
    }
}

#[plugin_interface(extends(ExtendedPlugin, BasePlugin))]
trait Furthest: Extended {
    fn read(&mut self) -> Result<String, Error>;
}

fn calls_base(mut base: impl Base) -> String {
    base.base().unwrap()
}

fn calls_both(extended: &mut impl Extended) -> String {
    extended.both().unwrap()
}

#[test]
fn the_client_of_an_extending_interface_has_the_methods_of_both_and_implements_both_traits() {
    let mut client = ExtendedPlugin::load(COUNTER).unwrap();
    assert_eq!(client.more().unwrap(), "1");
    assert_eq!(client.base().unwrap(), "2");
    assert_eq!(client.fallback().unwrap(), "fallback 3");
    assert_eq!(client.both().unwrap(), "45");
    assert_eq!(calls_both(&mut client), "67");
    assert_eq!(calls_base(&mut client), "8");
    assert_eq!(client.as_client::<BasePlugin>().base().unwrap(), "9");
    assert_eq!(calls_base(client), ":");
}

#[test]
fn an_extending_interface_asks_for_the_exports_of_both() {
    let error = ExtendedPlugin::load("(module)").unwrap_err();
    let Error::Interface(error) = error else { panic!("another error: {error}") };
    let missing: Vec<_> = error.mismatches.iter().map(|mismatch| mismatch.export.as_str()).collect();
    assert_eq!(missing, ["base", "more"]);
    let methods = ExtendedPlugin::interface().methods.iter().map(|method| method.name.to_string());
    assert_eq!(methods.collect::<Vec<_>>(), ["base", "fallback", "more", "both"]);
    assert_eq!(ExtendedPlugin::interface().name, "Extended");
}

#[test]
fn interfaces_extend_each_other_in_a_row() {
    let mut client = FurthestPlugin::load(COUNTER).unwrap();
    assert_eq!(client.read().unwrap(), "1");
    assert_eq!(client.more().unwrap(), "2");
    assert_eq!(Base::base(&mut client).unwrap(), "3");
    assert_eq!(client.read().unwrap(), "4");
    assert_eq!(calls_both(&mut client), "56");
    assert_eq!(client.plugin_mut().call::<_, &str>("read", "").unwrap(), "7");
    let methods = FurthestPlugin::interface().methods.iter().map(|method| method.name.to_string());
    assert_eq!(methods.collect::<Vec<_>>(), ["base", "fallback", "more", "both", "read"]);
    assert_eq!(client.into_inner().call::<_, &str>("read", "").unwrap(), "8");
}

#[plugin_interface(extends(ReaderPlugin, WriterPlugin, BasePlugin))]
trait All {}

#[test]
fn an_interface_joins_others_that_know_nothing_of_each_other() {
    let mut all = AllPlugin::load(COUNTER).unwrap();
    assert_eq!(all.read("").unwrap(), "1");
    assert_eq!(all.as_client::<WriterPlugin>().write("").unwrap(), "2");
    assert_eq!(Base::base(&mut all).unwrap(), "3");
    assert_eq!(all.read("").unwrap(), "4");
    assert!(!all.has_version());
    let compiled = all.plugin().compiled();
    assert_eq!(Base::base(&mut AllPlugin::try_from(&compiled).unwrap()).unwrap(), "1");
}

struct Mock(AtomicU32);

impl Base for Mock {
    fn base(&mut self) -> Result<String, Error> {
        Ok(self.0.fetch_add(1, Ordering::Relaxed).to_string())
    }
}

#[test]
fn what_hands_calls_on_implements_the_trait() {
    let mut mock = Mock(AtomicU32::new(1));
    assert_eq!(calls_base(&mut mock), "1");
    assert_eq!(calls_base(&mut mock as &mut dyn Base), "2");
    let boxed: Box<dyn Base> = Box::new(mock);
    assert_eq!(calls_base(boxed), "3");
    let mut client = BasePlugin::load(COUNTER).unwrap();
    assert_eq!(calls_base(client.with_context(1_u8)), "1");
    assert_eq!(calls_base(&mut client), "2");
    assert_eq!(calls_base(Box::new(&mut client)), "3");
    let mut plugin = client.into_inner();
    assert_eq!(calls_base(BasePlugin::view(&mut plugin).unwrap()), "4");
}

#[test]
fn a_default_body_is_handed_on_to_the_one_that_overrides_it() {
    struct Overrides;
    impl Base for Overrides {
        fn base(&mut self) -> Result<String, Error> {
            Ok(String::new())
        }
        fn fallback(&mut self) -> Result<String, Error> {
            Ok("overridden".to_owned())
        }
    }
    fn fallback(mut base: impl Base) -> String {
        base.fallback().unwrap()
    }
    assert_eq!(fallback(&mut Overrides), "overridden");
    assert_eq!(fallback(Box::new(Overrides) as Box<dyn Base>), "overridden");
}

#[plugin_interface]
trait OfSizedTypes {
    fn read(&mut self) -> Result<String, Error>;
    fn twice(&mut self) -> Result<String, Error>
    where
        Self: Sized,
    {
        Ok(self.read()? + &self.read()?)
    }
}

#[plugin_interface(extends(OfSizedTypesPlugin))]
trait ExtendsSizedTypes: OfSizedTypes {
    fn write(&mut self) -> Result<String, Error>;
}

#[test]
fn methods_for_sized_types_are_handed_on_to_sized_types() {
    fn twice(mut of_sized: impl OfSizedTypes) -> String {
        of_sized.twice().unwrap()
    }
    let mut client = ExtendsSizedTypesPlugin::load(COUNTER).unwrap();
    assert_eq!(client.write().unwrap(), "1");
    assert_eq!(twice(&mut client), "23");
}
