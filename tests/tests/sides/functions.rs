//! Functions that the host implements as a trait, and the plug-in calls through it.

use std::sync::Arc;

use extism_runtime::{Error, PluginBuilder};
use extism_tests::guest;
use sides_interface::{AsksPlugin, Failing, HostFunctions};

use super::{MyHost, sides};

fn ask(what: &str) -> Result<String, Failing> {
    AsksPlugin::try_from(&sides()).unwrap().ask(what)
}

#[test]
fn arguments_and_results_cross_as_they_are() {
    for (what, answer) in [
        ("echo", "a\u{e4}\n"),
        ("bytes_back", "[7, 6, 5, 4, 3, 2, 1, 255, 0]"),
        ("add", "1099511627775"),
        ("forget", "()"),
        ("find", "Some(7) None"),
        ("other", "200"),
        ("coded", "a--,b--"),
    ] {
        assert_eq!(ask(what).unwrap(), answer, "{what}");
    }
}

#[test]
fn a_result_reaches_the_plug_in_as_a_value() {
    assert_eq!(ask("half").unwrap(), r#"Ok(4) Err(Fields { text: "odd", number: 7 })"#);
    assert_eq!(ask("check").unwrap(), r#"Ok(()) Err(Fields { text: "odd", number: 7 })"#);
    assert!(matches!(ask("passed on"), Err(Failing::Fields { number: 7, .. })));
}

#[test]
fn an_error_of_another_kind_ends_the_call() {
    let Err(Failing::Other(Error::HostFunction { name, source, .. })) = ask("end") else { panic!("another error") };
    assert_eq!((name.as_str(), source.to_string().as_str()), ("half", "the host's own"));
}

#[test]
fn async_functions_look_like_others_to_the_plug_in() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answer = runtime.block_on(async {
        let mut plugin = AsksPlugin::try_from(&sides()).unwrap().into_inner();
        plugin.call_async::<_, String>("ask", "wait").await
    });
    assert_eq!(answer.unwrap(), "waited");
}

#[test]
fn the_host_keeps_a_handle_on_its_functions() {
    let host = Arc::new(HostFunctions(MyHost::default()));
    let builder = AsksPlugin::builder(guest("sides.wasm")).with_functions(Arc::clone(&host));
    assert_eq!(builder.build().unwrap().ask("forget").unwrap(), "()");
    assert_eq!(host.0.forgotten.lock().unwrap()[0].name, "p");
}

#[test]
fn what_the_host_does_not_give_is_missing_by_name() {
    let error = PluginBuilder::new(guest("sides.wasm")).build().unwrap_err().to_string();
    for function in ["half", "renamed-function", "sides:other", "coded"] {
        assert!(error.contains(function), "{error}");
    }
}
