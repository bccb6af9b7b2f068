//! Arguments and results of every kind, encoded by the client and decoded by the plug-in, and back.

use extism_runtime::{Error, Json};
use sides_interface::{
    AsynchronousPlugin, BasePlugin, CodedPlugin, DerivedPlugin, Failing, NamedPlugin, OptionalPlugin, PackedPlugin,
    PlainPlugin, Point, SeveralPlugin,
};

use super::sides;

fn point() -> Point {
    Point { x: -3, y: 0.1, name: "a \"point\" \u{e4}".to_owned() }
}

#[test]
fn one_argument_or_none_is_received_as_it_was_sent() {
    let mut plain = PlainPlugin::try_from(&sides()).unwrap();
    plain.nothing().unwrap();
    assert_eq!(plain.text("a\u{e4}\n").unwrap(), "<a\u{e4}\n>");
    assert_eq!(plain.text("").unwrap(), "<>");
    assert_eq!(plain.bytes(&[0, 1, 255]).unwrap(), [255, 1, 0]);
    let long: Vec<u8> = (0..100_003_u32).map(|byte| byte.to_le_bytes()[0]).collect();
    assert!(plain.bytes(&long).unwrap().iter().eq(long.iter().rev()));
    assert_eq!(plain.number(i64::MIN + 1).unwrap(), i64::MAX);
    assert_eq!(plain.maybe(Some(1)).unwrap(), Some(2));
    assert_eq!(plain.maybe(None).unwrap(), None);
    assert_eq!(plain.point(point()).unwrap(), Point { x: -2, ..point() });
    assert_eq!(plain.by_reference(&point()).unwrap(), point().name);
    assert_eq!(plain.json_of_reference(Json(&["a".to_owned(), String::new()])).unwrap().0, 2);
    assert_eq!(plain.json_of_text(Json("\"quoted\"\\")).unwrap(), "\"quoted\"\\");
}

/// Plug-ins copy eight bytes at a time, and keep short buffers from call to call.
#[test]
fn bytes_of_all_lengths_are_received_one_after_the_other() {
    let mut plain = PlainPlugin::try_from(&sides()).unwrap();
    for length in (0..=40_u32).chain([257, 256, 255, 4097, 4096, 5000, 9, 0, 1]) {
        let bytes: Vec<u8> = (0..length).map(|byte| byte.wrapping_mul(7).to_le_bytes()[0]).collect();
        assert!(plain.bytes(&bytes).unwrap().iter().eq(bytes.iter().rev()), "{length}");
    }
}

#[test]
fn the_state_lives_as_long_as_the_instance_and_is_shared_by_all_interfaces() {
    let compiled = sides();
    let mut plain = PlainPlugin::try_from(&compiled).unwrap();
    plain.nothing().unwrap();
    plain.nothing().unwrap();
    assert_eq!(plain.count().unwrap(), 2);
    let mut base = BasePlugin::try_from(plain.into_inner()).unwrap();
    assert_eq!(base.base().unwrap(), "base 2");
    let mut other = PlainPlugin::try_from(&compiled).unwrap();
    assert_eq!(other.count().unwrap(), 0, "another instance");
}

#[test]
fn several_arguments_are_a_json_array() {
    let mut several = SeveralPlugin::try_from(&sides()).unwrap();
    assert_eq!(several.join("a\"\\", "\u{1f600}").unwrap(), "a\"\\\u{1f600}");
    assert_eq!(several.total(&[1, u32::MAX], 2, &point()).unwrap(), (1 + u64::from(u32::MAX)) * 2 + 3);
    assert_eq!(several.one("abc").unwrap(), "ABC");
}

#[test]
fn named_arguments_are_renamed_on_both_sides() {
    let mut named = NamedPlugin::try_from(&sides()).unwrap();
    assert_eq!(named.join_words("a", Some("b".to_owned())).unwrap(), "a b");
    assert_eq!(named.join_words("a", None).unwrap(), "a nothing");
    assert_eq!(named.other_words(vec!["a".to_owned(); 3]).unwrap(), 3);
    let plugin = named.plugin_mut();
    // Whatever else a host sends is ignored; what it leaves out is `None`, or an error that says what is missing.
    let partial = plugin.call::<_, String>("joinWords", r#"{"more": [1], "firstWord": "x"}"#).unwrap();
    assert_eq!(partial, "x nothing");
    let error = plugin.call::<_, String>("joinWords", r#"{"secondWord": "x"}"#).unwrap_err().to_string();
    assert!(error.contains("the input cannot be decoded: missing field `firstWord`"), "{error}");
}

#[test]
fn arguments_in_messagepack_are_received() {
    let mut packed = PackedPlugin::try_from(&sides()).unwrap();
    assert_eq!(packed.pack("t", point()).unwrap(), format!("t -3 0.1 {}", point().name));
}

#[test]
fn the_codec_of_an_interface_applies_to_both_sides() {
    let mut coded = CodedPlugin::try_from(&sides()).unwrap();
    assert_eq!(coded.coded_text("a\n").unwrap(), "a\n");
    assert_eq!(coded.plugin_mut().call::<_, String>("coded_text", r#""b""#).unwrap(), r#""b""#);
    assert_eq!(coded.coded_list(&["a".to_owned(), "bcd".to_owned()]).unwrap(), [1, 3]);
    assert_eq!(coded.coded_pair(9, "x").unwrap(), (9, "x".to_owned()));
    assert_eq!(coded.coded_result(3).unwrap(), Some(3));
    assert_eq!(coded.coded_result(0).unwrap(), None);
    assert!(matches!(coded.coded_result(-1), Err(Failing::Unit)));
}

#[test]
fn a_plug_in_exports_what_its_implementation_has() {
    let mut optional = OptionalPlugin::try_from(&sides()).unwrap();
    assert!(!optional.has_left_out() && optional.has_put_in());
    assert_eq!(optional.left_out().unwrap(), None);
    assert_eq!(optional.put_in().unwrap().as_deref(), Some("put in"));
    assert_eq!(optional.with_body().unwrap(), "the body");
    assert_eq!(optional.with_other_body().unwrap(), "the plug-in's");
    assert!(!optional.plugin().function_exists("with_body"), "the host's own body ran");
}

#[test]
fn an_interface_that_extends_another_is_exported_with_it() {
    let mut derived = DerivedPlugin::try_from(&sides()).unwrap();
    assert_eq!(derived.derived().unwrap(), "base 0");
}

#[test]
fn async_methods_run_until_they_would_wait_for_ever() {
    let mut client = AsynchronousPlugin::try_from(&sides()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    assert_eq!(runtime.block_on(client.later("four")).unwrap(), "4");
    let Err(Error::Guest { message, .. }) = runtime.block_on(client.never()) else { panic!("it never ends") };
    assert!(message.contains("waits for something that never happens"), "{message}");
}
