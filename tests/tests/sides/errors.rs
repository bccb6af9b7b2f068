//! Errors cross as values; hosts that know nothing of them get a text and a code.

use extism_runtime::{Error, PluginError};
use sides_interface::{Failing, FailuresPlugin, PlainPlugin};

use super::sides;

#[test]
fn an_error_reaches_the_host_as_the_value_that_it_was() {
    let mut failures = FailuresPlugin::try_from(&sides()).unwrap();
    assert!(matches!(failures.fail("unit"), Err(Failing::Unit)));
    let Err(Failing::Fields { text, number }) = failures.fail("fields") else { panic!("another error") };
    assert_eq!((text.as_str(), number), ("why \"so\"", u64::MAX));
}

#[test]
fn a_host_that_does_not_know_the_error_gets_its_text_and_code() {
    let mut plugin = FailuresPlugin::try_from(&sides()).unwrap().into_inner();
    for (how, text, code) in
        [("unit", "a unit", 5), ("fields", "why \"so\": 18446744073709551615", -7), ("anything", "anything", 6)]
    {
        let error = plugin.call::<_, String>("fail", how).unwrap_err();
        let Error::Guest { code: found, message, .. } = &error else { panic!("{error}") };
        assert_eq!((message.as_str(), *found), (text, code));
    }
    let error = plugin.call::<_, String>("fail", "fields").unwrap_err();
    assert_eq!(error.value::<serde_json::Value>().unwrap()["Fields"]["text"], "why \"so\"");
    assert_eq!(error.value::<u32>(), None, "it is no number");
}

#[test]
fn errors_of_another_kind_are_in_the_variant_for_them() {
    let mut failures = FailuresPlugin::try_from(&sides()).unwrap();
    let Err(Failing::Other(error)) = failures.fail("its own") else { panic!("another error") };
    assert!(matches!(&error, Error::Guest { code: 6, message, .. } if message == "its own"), "{error}");
    assert_eq!(Failing::Other(error).code(), 6);
    let Err(Failing::Other(Error::Trap { trap, .. })) = failures.panics("it broke") else { panic!("no trap") };
    assert!(trap.to_string().contains("it broke"), "{trap}");
}

#[test]
fn a_panic_ends_the_instance_and_the_next_call_has_another() {
    let mut failures = FailuresPlugin::try_from(&sides()).unwrap();
    assert!(failures.panics("it broke").is_err());
    let mut plain = PlainPlugin::try_from(failures.into_inner()).unwrap();
    assert_eq!(plain.count().unwrap(), 0);
}

#[test]
fn an_error_without_a_text_is_one_all_the_same() {
    let mut failures = FailuresPlugin::try_from(&sides()).unwrap();
    let error = failures.fail_as_text().unwrap_err();
    assert!(
        matches!(&error, Error::Guest { code: 1, message, .. } if message == "failed without a message"),
        "{error}"
    );
    let mut plain = PlainPlugin::try_from(&sides()).unwrap();
    let error = plain.unit_or_error(true).unwrap_err();
    assert!(matches!(&error, Error::Guest { code: 4, message, .. } if message == "as asked"), "{error}");
    plain.unit_or_error(false).unwrap();
}

#[test]
fn what_cannot_be_decoded_is_an_error_of_the_plug_in() {
    let mut plugin = PlainPlugin::try_from(&sides()).unwrap().into_inner();
    for (export, input) in [("text", &b"\xff"[..]), ("number", b"1234567"), ("point", b"{"), ("join", b"[1]")] {
        let error = plugin.call::<_, String>(export, input).unwrap_err();
        let Error::Guest { code: 1, message, .. } = &error else { panic!("{error}") };
        assert!(message.starts_with("the input cannot be decoded: "), "{message}");
    }
}
