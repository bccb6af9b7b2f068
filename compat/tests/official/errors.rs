use extism::{CurrentPlugin, Error, Function, PTR, Plugin, PluginBuilder, UserData, Val, runtime};

use crate::{guest, module, reflect};

fn set_error(plugin: &mut CurrentPlugin, inputs: &[Val], outputs: &mut [Val], _: UserData<()>) -> Result<(), Error> {
    plugin.set_error("TEST")?;
    assert_eq!(plugin.get_error(), Some("TEST"));
    outputs[0] = inputs[0];
    Ok(())
}

fn set_error_and_fail(plugin: &mut CurrentPlugin, _: &[Val], _: &mut [Val], _: UserData<()>) -> Result<(), Error> {
    plugin.set_error("TEST")?;
    Err(Error::msg("Error"))
}

fn clear_error(plugin: &mut CurrentPlugin, inputs: &[Val], outputs: &mut [Val], _: UserData<()>) -> Result<(), Error> {
    plugin.set_error("TEST")?;
    plugin.clear_error();
    assert_eq!(plugin.get_error(), None);
    outputs[0] = inputs[0];
    Ok(())
}

fn call<F>(f: F) -> Result<String, Error>
where
    F: Fn(&mut CurrentPlugin, &[Val], &mut [Val], UserData<()>) -> Result<(), Error> + Send + Sync + 'static,
{
    let f = Function::new("reflect", [PTR], [PTR], UserData::default(), f);
    Plugin::new(reflect(), [f], true).unwrap().call("reflect", "text")
}

#[test]
fn an_error_that_a_host_function_sets_is_that_of_the_call() {
    assert_eq!(call(set_error).unwrap_err().root_cause().to_string(), "TEST");
    assert_eq!(call(clear_error).unwrap(), "text");
}

#[test]
fn an_error_that_is_set_and_returned_shows_both() {
    let error = call(set_error_and_fail).unwrap_err();
    assert_eq!(error.root_cause().to_string(), "TEST");
    assert!(error.to_string().starts_with("error while executing at wasm backtrace:\n"), "{error}");
    assert!(error.to_string().ends_with("Error"), "{error}");
}

#[derive(Debug, PartialEq)]
struct Own(u32);

impl std::fmt::Display for Own {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "own error {}", self.0)
    }
}

impl std::error::Error for Own {}

/// `warpgate` shows the first source of the error to its users.
#[test]
fn an_error_of_a_host_function_comes_back_as_the_source_and_as_its_type() {
    let error = call(|_, _, _, _| Err(Own(7).into())).unwrap_err();
    assert_eq!(error.downcast_ref::<Own>(), Some(&Own(7)));
    assert_eq!(error.source().unwrap().to_string(), "own error 7");
    assert_eq!(error.root_cause().to_string(), "own error 7");
}

#[test]
#[should_panic(expected = "a host function of ours")]
fn a_panic_of_a_host_function_goes_on() {
    let _ = call(|_, _, _, _| panic!("a host function of ours"));
}

/// Programs that catch panics look for a text of either type, as `panic!` makes it.
#[test]
fn a_panic_of_a_host_function_keeps_its_text() {
    let caught = |f: fn()| {
        let call = || {
            call(move |_, _, _, _| {
                f();
                Ok(())
            })
        };
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).unwrap_err()
    };
    assert_eq!(caught(|| panic!("a literal")).downcast_ref::<&str>(), Some(&"a literal"));
    let text = caught(|| panic!("formatted {}", std::hint::black_box(1)));
    assert_eq!(text.downcast_ref::<String>().map(String::as_str), Some("formatted 1"));
}

fn codes() -> Plugin {
    let text = module(
        &["alloc", "store_u8", "error_set", "output_set", "input_offset", "input_length"],
        &format!(
            r#"{} (func $out (call $output_set (call $input_offset) (call $input_length)))
            (func (export "zero") (result i32) (call $out) (i32.const 0))
            (func (export "code") (result i32) (call $out) (i32.const 7))
            (func (export "error") (result i32) (call $error_set (call $text)) (i32.const 7))
            (func (export "error_and_zero") (result i32) (call $error_set (call $text)) (i32.const 0))
            (func (export "trap") unreachable)
            (func (export "error_and_trap") (call $error_set (call $text)) unreachable)"#,
            extism_tests::text("no luck")
        ),
    );
    Plugin::new(&text[..], [], false).unwrap()
}

/// The codes and texts are those that the official crate 1.41 returned for this module.
#[test]
fn codes_and_errors_are_those_that_programs_know() {
    let mut plugin = codes();
    let mut outcome = |name: &str| match plugin.call_get_error_code::<&str, String>(name, "in") {
        Ok(output) => (output, 0),
        Err((error, code)) => (error.root_cause().to_string(), code),
    };
    assert_eq!(outcome("zero"), ("in".to_owned(), 0));
    // Without an error, a code is a success here.
    assert_eq!(outcome("code"), ("in".to_owned(), 0));
    assert_eq!(outcome("error"), ("no luck".to_owned(), 7));
    assert_eq!(outcome("error_and_zero"), ("no luck".to_owned(), 0));
    let trap = "wasm trap: wasm `unreachable` instruction executed";
    assert_eq!(outcome("trap"), (trap.to_owned(), 134));
    assert_eq!(outcome("error_and_trap"), ("no luck".to_owned(), -1));
    // `call` takes a code for an error.
    let mut text = |name: &str| plugin.call::<&str, String>(name, "in").unwrap_err().to_string();
    assert_eq!(text("code"), "Returned non-zero exit code: 7");
    assert_eq!(text("error"), "no luck");
    assert!(text("trap").starts_with("error while executing at wasm backtrace:"));
    // A call with a context does not, as `call_get_error_code`.
    assert_eq!(plugin.call_with_host_context::<&str, &str, _>("code", "in", ()).unwrap(), "in");
}

#[test]
fn the_error_of_the_runtime_is_there_to_be_matched_on() {
    let error = codes().call::<&str, ()>("error", "").unwrap_err();
    let runtime::Error::Guest { code, message, .. } = extism::runtime_error(&error).unwrap() else {
        panic!("{error:?}")
    };
    assert_eq!((*code, message.as_str()), (7, "no luck"));
    let error = codes().call::<&str, ()>("trap", "").unwrap_err();
    assert!(matches!(extism::runtime_error(&error), Some(runtime::Error::Trap { .. })), "{error:?}");
    assert!(extism::runtime_error(&Error::msg("other")).is_none());
}

#[test]
fn an_exit_has_its_code() {
    let text = r#"(module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (func (export "fail") (call $exit (i32.const 3)))
        (func (export "end") (call $exit (i32.const 0))))"#;
    let mut plugin = Plugin::new(text, [], true).unwrap();
    let (error, code) = plugin.call_get_error_code::<(), ()>("fail", ()).unwrap_err();
    assert_eq!((error.root_cause().to_string().as_str(), code), ("Exited with i32 exit status 3", 3));
    plugin.call::<(), ()>("end", ()).unwrap();
}

#[test]
fn unknown_imports_are_named_as_the_engine_does() {
    let text = r#"(module (import "env" "exec_command" (func (param i64) (result i64))) (func (export "f")))"#;
    // Compiling does not link.
    let compiled = PluginBuilder::new(text).compile().unwrap();
    let error = Plugin::new_from_compiled(&compiled).unwrap_err();
    assert_eq!(error.to_string(), "unknown import: `env::exec_command` has not been defined");
    assert_eq!(error.root_cause().to_string(), error.to_string());
    assert!(matches!(extism::runtime_error(&error), Some(runtime::Error::Link(_))), "{error:?}");
    let error = PluginBuilder::new(guest("wasi_files")).build().unwrap_err();
    assert!(error.to_string().starts_with("unknown import: `wasi_snapshot_preview1::"), "{error}");
    let explained = extism::runtime_error(&error).unwrap().to_string();
    assert!(explained.contains("with_wasi(true)"), "{explained}");
    let text = r#"(module (import "extism:host/env" "teleport" (func)))"#;
    let error = Plugin::new(text, [], false).unwrap_err();
    assert!(error.to_string().starts_with("Invalid function import from extism:host/env: teleport"), "{error}");
}

#[test]
fn variables_are_kept_after_any_failure_and_the_next_call_works() {
    let text = module(
        &["alloc", "store_u8", "var_set", "var_get", "input_length", "input_load_u8", "output_set", "length"],
        &[extism_tests::GIVE, extism_tests::INPUT, extism_tests::VARIABLE, r#"(func (export "trap") unreachable)"#]
            .concat(),
    );
    let mut plugin = Plugin::new(&text[..], [], false).unwrap();
    let id = plugin.id;
    plugin.call::<&str, ()>("remember", "kept").unwrap();
    plugin.call::<(), ()>("trap", ()).unwrap_err();
    assert_eq!(plugin.call::<(), &str>("recall", ()).unwrap(), "kept");
    assert_eq!(plugin.id, id);
}
