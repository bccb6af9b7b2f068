use std::time::Duration;

use extism_runtime::{Error, PluginBuilder};

use crate::wasi_builder;

fn environment(builder: PluginBuilder) -> Vec<String> {
    strings(builder, "environment")
}

fn strings(builder: PluginBuilder, export: &str) -> Vec<String> {
    let bytes: String = builder.build().unwrap().call(export, ()).unwrap();
    bytes.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn a_plugin_has_the_variables_that_it_was_given_and_no_others() {
    assert_eq!(environment(wasi_builder()), [""; 0]);
    let builder = wasi_builder()
        .with_wasi_env("LANG", "de")
        .with_wasi_env("HOME", "")
        .with_wasi_envs([("EMPTY", "a=b"), ("LANG", "en")]);
    assert_eq!(environment(builder), ["EMPTY=a=b", "HOME=", "LANG=en"]);
    let all = environment(wasi_builder().with_wasi_envs([("PATH", std::env::var("PATH").unwrap())]));
    assert_eq!(all, [format!("PATH={}", std::env::var("PATH").unwrap())]);
}

#[test]
fn a_plugin_has_the_arguments_that_it_was_given() {
    assert_eq!(strings(wasi_builder(), "arguments"), [""; 0]);
    let builder = wasi_builder().with_wasi_args(["first"]).with_wasi_args(["plugin", "--fast", ""]);
    assert_eq!(strings(builder, "arguments"), ["plugin", "--fast", ""]);
}

#[test]
fn what_would_become_another_variable_is_refused() {
    let refused = |builder: PluginBuilder, expected: &str| {
        let Err(Error::Engine { source, .. }) = builder.build() else { panic!("{expected}") };
        assert_eq!(source.to_string(), expected);
    };
    refused(wasi_builder().with_wasi_env("", "a"), "`` cannot be the name of an environment variable");
    refused(wasi_builder().with_wasi_env("A=B", "a"), "`A=B` cannot be the name of an environment variable");
    refused(wasi_builder().with_wasi_env("A\0", "a"), "`A\\u{0}` cannot be the name of an environment variable");
    refused(wasi_builder().with_wasi_env("A", "\0"), "the environment variable `A` has a zero byte in its value");
    refused(wasi_builder().with_wasi_args(["a", "b\0"]), "argument 1 has a zero byte");
    PluginBuilder::new("(module)").with_wasi(true).with_wasi_env("", "").build().expect("it uses no WASI");
}

#[test]
fn the_environment_is_the_same_after_a_failed_call() {
    let mut plugin = wasi_builder().with_wasi_env("A", "1").with_timeout(Duration::from_secs(60)).build().unwrap();
    plugin.call::<_, ()>("trap", ()).unwrap_err();
    assert_eq!(plugin.call::<_, &str>("environment", ()).unwrap(), "A=1\0");
}
