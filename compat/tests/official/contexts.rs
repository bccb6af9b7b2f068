use extism::{Function, PTR, Plugin, UserData};

use crate::reflect;

#[derive(Clone)]
struct Context {
    message: String,
}

fn plugin() -> Plugin {
    let f = Function::new("reflect", [PTR], [PTR], UserData::new(()), |plugin, _, outputs, _| {
        let context = plugin.host_context::<Context>()?;
        context.message.push('!');
        let message = context.message.clone();
        let handle = plugin.memory_new(message)?;
        outputs[0] = plugin.memory_to_val(handle);
        Ok(())
    });
    Plugin::new(reflect(), [f], true).unwrap()
}

#[test]
fn a_host_function_sees_and_changes_the_context_of_the_call() {
    let context = Context { message: "hello world".to_owned() };
    let output: String = plugin().call_with_host_context("reflect", "anything", context).unwrap();
    assert_eq!(output, "hello world!");
}

#[test]
fn there_is_a_context_only_during_its_call() {
    let mut plugin = plugin();
    let context = Context { message: "one".to_owned() };
    plugin.call_with_host_context::<_, String, _>("reflect", "", context).unwrap();
    let error = plugin.call::<_, String>("reflect", "").unwrap_err();
    assert_eq!(error.root_cause().to_string(), "expected extism_context to be an externref value");
    let error = plugin.call_with_host_context::<_, String, _>("reflect", "", 5_u8).unwrap_err();
    assert_eq!(error.root_cause().to_string(), "could not downcast extism_context inner value");
}
