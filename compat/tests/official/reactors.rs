use extism::Plugin;

/// A trap has a code other than 0.
#[test]
fn a_trap_of_a_reactor_has_a_code() {
    let text = r#"(module (func (export "_initialize")) (func (export "fail") unreachable))"#;
    let mut plugin = Plugin::new(text, [], true).unwrap();
    assert_eq!(plugin.call_get_error_code::<(), ()>("fail", ()).unwrap_err().1, 134);
}

#[test]
fn an_empty_output_is_an_empty_text() {
    let mut plugin = Plugin::new(r#"(module (func (export "test")))"#, [], true).unwrap();
    assert_eq!(plugin.call::<(), String>("test", ()).unwrap(), "");
}

#[test]
fn a_reactor_that_fails_to_initialize_is_not_built() {
    let text = r#"(module (func (export "_initialize") unreachable) (func (export "run")))"#;
    let error = Plugin::new(text, [], true).unwrap_err();
    assert_eq!(error.root_cause().to_string(), "wasm trap: wasm `unreachable` instruction executed");
}
