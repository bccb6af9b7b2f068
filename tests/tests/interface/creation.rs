//! Tests how clients are created, and which checks that includes.

use extism_runtime::{
    CompiledPlugin, Error, Plugin, PluginBuilder, PluginInterface,
    error::{Mismatch, MismatchKind},
    plugin_interface,
};

use crate::{echo, echoes};

#[plugin_interface]
trait Texts {
    fn shout(&mut self, text: &str) -> String;
    #[export(name = "to-lower case!")]
    fn whisper(&mut self, text: &str) -> String;
    fn trim(&mut self, text: &str) -> String;
}

const EXPORTS: [&str; 3] = ["shout", "to-lower case!", "trim"];

#[test]
fn a_client_is_made_of_a_plugin_a_source_or_a_builder() {
    let mut from_plugin = TextsPlugin::try_from(echo(&EXPORTS)).unwrap();
    assert_eq!(from_plugin.shout("a").unwrap(), "a");
    let mut loaded = TextsPlugin::load(echoes(&EXPORTS)).unwrap();
    assert_eq!(loaded.whisper("b").unwrap(), "b");
    let mut built = TextsPlugin::builder(echoes(&EXPORTS)).with_name("texts").build().unwrap();
    assert_eq!(built.trim("c").unwrap(), "c");
    assert_eq!(built.plugin().name(), "texts");
    let mut typed = PluginBuilder::new(echoes(&EXPORTS)).typed::<TextsPlugin>().build().unwrap();
    assert_eq!(typed.trim("d").unwrap(), "d");
    let compiled = TextsPlugin::builder(echoes(&EXPORTS)).compile().unwrap();
    let mut instance: TextsPlugin = compiled.instantiate().unwrap().try_into().unwrap();
    assert_eq!(instance.trim("e").unwrap(), "e");
}

#[test]
fn the_plugin_beneath_is_at_hand() {
    let mut texts = TextsPlugin::try_from(echo(&EXPORTS)).unwrap();
    let id = texts.plugin().id();
    assert_eq!(texts.plugin_mut().call::<_, &str>("shout", "a").unwrap(), "a");
    let plugin: Plugin = texts.into_inner();
    assert_eq!(plugin.id(), id);
    assert_eq!(
        format!("{:?}", TextsPlugin::try_from(plugin).unwrap()),
        format!("TextsPlugin {{ plugin: Plugin {{ name: \"echo\", id: {id:?}, .. }}, .. }}")
    );
}

#[test]
fn all_mismatches_are_reported_together() {
    let wat = r#"(module
        (func (export "shouts"))
        (memory (export "trim") 1)
        (func (export "to-lower case!") (param i32) (result i32) local.get 0))"#;
    let plugin = Plugin::builder(wat).with_name("wrong").build().unwrap();
    let Err(Error::Interface(error)) = TextsPlugin::try_from(plugin) else { panic!("it fits, or fails otherwise") };
    assert_eq!(
        error.to_string(),
        "plug-in `wrong` does not satisfy the interface `Texts`:\
         \n  - no export `shout` (did you mean `shouts`?)\
         \n  - the export `to-lower case!` has the signature (i32) -> i32; a plug-in's functions must have () -> i32 \
         or () -> ()\
         \n  - the export `trim` is not a function"
    );
    assert_eq!(error.plugin, "wrong");
    assert_eq!(error.interface.as_deref(), Some("Texts"));
    let exports: Vec<_> = error.mismatches.iter().map(|Mismatch { export, .. }| export.as_str()).collect();
    assert_eq!(exports, EXPORTS);
    assert!(
        matches!(&error.mismatches[0].kind, MismatchKind::Missing { nearest: Some(nearest), .. } if nearest == "shouts")
    );
}

#[test]
fn a_compiled_plugin_is_checked_without_an_instance() {
    let good = CompiledPlugin::new(echoes(&EXPORTS)).unwrap();
    TextsPlugin::interface().check(&good).unwrap();
    let bad = PluginBuilder::new(echoes(&["shout", "trim"])).with_name("bad").compile().unwrap();
    let error = TextsPlugin::interface().check(&bad).unwrap_err();
    assert_eq!(error.to_string(), "plug-in `bad` does not satisfy the interface `Texts`: no export `to-lower case!`");
}

#[test]
fn code_can_be_generic_over_interfaces() {
    fn load<P: PluginInterface>(plugin: Plugin) -> (P, usize) {
        (plugin.try_into().unwrap(), P::interface().methods.len())
    }
    let (mut texts, methods) = load::<TextsPlugin>(echo(&EXPORTS));
    assert_eq!(methods, 3);
    assert_eq!(PluginInterface::plugin(&texts).name(), "echo");
    assert_eq!(PluginInterface::plugin_mut(&mut texts).call::<_, &str>("trim", "a").unwrap(), "a");
    assert_eq!(PluginInterface::into_inner(texts).name(), "echo");
}

#[plugin_interface]
trait Empty {}

#[test]
fn an_interface_may_ask_for_nothing() {
    fn implements(_: impl Empty) {}
    implements(EmptyPlugin::load("(module)").unwrap());
}
