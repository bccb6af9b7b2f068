use extism::{
    Error, FromBytes, Function, Manifest, PTR, Plugin, PluginBuilder, ToBytes, UserData, Wasm,
    convert::{Json, Msgpack},
    runtime::{self, PluginInterface as _, plugin_interface},
    typed_plugin,
};
use serde::{Deserialize, Serialize};

use crate::{guest, reflect};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Count {
    count: usize,
}

typed_plugin!(pub Generic {
    count_vowels<T: FromBytes<'a>>(&str) -> T
});

typed_plugin!(CountVowels {
    count_vowels(&str) -> Json<Count>;
});

typed_plugin!(pub(crate) Greeter {
    greet(&str) -> String;
    repeat(String) -> String;
});

typed_plugin!(Absent {
    greet(&str) -> String;
    teleport(&str) -> String;
    vanish(()) -> ();
});

#[test]
fn a_typed_plug_in_has_a_method_for_each_function() {
    let mut plugin: CountVowels = Plugin::new(guest("count_vowels"), [], true).unwrap().try_into().unwrap();
    let Json(first): Json<Count> = plugin.count_vowels("abc123").unwrap();
    let Json(second): Json<Count> = plugin.0.call("count_vowels", "abc123").unwrap();
    assert_eq!(first, second);
    let mut plugin: Generic = Plugin::from(plugin).try_into().unwrap();
    let text: &str = plugin.count_vowels("abc123").unwrap();
    assert!(text.starts_with("{\"count\":1"));
}

#[test]
fn the_first_missing_function_is_named() {
    let plugin = Plugin::new(guest("kitchen_sink"), [], true).unwrap();
    let error = Absent::try_from(plugin).err().unwrap();
    assert_eq!(error.to_string(), "Invalid function: teleport");
}

#[derive(Debug, PartialEq, Serialize, Deserialize, ToBytes, FromBytes)]
#[encoding(Json)]
struct AsJson {
    text: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, ToBytes, FromBytes)]
#[encoding(Msgpack)]
struct AsMsgpack {
    text: String,
}

/// Derived implementations name `::extism`.
#[test]
fn types_with_derived_encodings_pass_in_both_directions() {
    let f = Function::new("reflect", [PTR], [PTR], UserData::default(), |plugin, inputs, outputs, _: UserData<()>| {
        let AsJson { text } = plugin.memory_get_val(&inputs[0])?;
        plugin.memory_set_val(&mut outputs[0], AsMsgpack { text })
    });
    let mut plugin = Plugin::new(reflect(), [f], true).unwrap();
    let output: AsMsgpack = plugin.call("reflect", AsJson { text: "hello".to_owned() }).unwrap();
    assert_eq!(output.text, "hello");
}

#[plugin_interface(crate = "extism::runtime")]
trait Repeater {
    fn repeat(&mut self, text: &str, times: u32) -> String;
}

#[test]
fn both_styles_hold_the_same_plug_in() -> Result<(), Error> {
    let mut plugin = Plugin::new(guest("kitchen_sink"), [], true)?;
    assert_eq!(RepeaterPlugin::view(plugin.as_runtime_mut())?.repeat("ab", 2)?, "abab");
    assert_eq!(plugin.call::<_, &str>("greet", "World")?, "Hello, World!");
    // From one to the other and back.
    let mut repeater = RepeaterPlugin::try_from(plugin.into_runtime())?;
    assert_eq!(repeater.repeat("c", 3)?, "ccc");
    let mut plugin = Plugin::from_runtime(repeater.into_inner());
    assert_eq!(plugin.call::<_, &str>("greet", "World")?, "Hello, World!");
    Ok(())
}

#[runtime::host_fn(crate = "extism::runtime")]
fn reflect_it(text: String) -> String {
    text.to_uppercase()
}

#[test]
fn host_functions_move_on_one_by_one() -> Result<(), Error> {
    let text = r#"(module
        (import "extism:host/user" "old" (func $old (param i64) (result i64)))
        (import "extism:host/user" "reflect_it" (func $new (param i64) (result i64)))
        (import "extism:host/env" "input_offset" (func $input (result i64)))
        (import "extism:host/env" "length" (func $length (param i64) (result i64)))
        (import "extism:host/env" "output_set" (func $output (param i64 i64)))
        (func (export "run") (local $result i64)
            (local.set $result (call $old (call $new (call $input))))
            (call $output (local.get $result) (call $length (local.get $result)))))"#;
    let old = Function::new("old", [PTR], [PTR], UserData::new("!"), |plugin, inputs, outputs, end: UserData<&str>| {
        let text: String = plugin.as_runtime_mut().get(&runtime::Val::I64(inputs[0].unwrap_i64()))?;
        let text = format!("{text}{}", end.get()?.lock().unwrap());
        plugin.memory_set_val(&mut outputs[0], text)
    });
    let mut plugin = PluginBuilder::new(Manifest::new([Wasm::data(text)]))
        .with_functions([old])
        .with_runtime(|builder| builder.with_functions(runtime::host_fns![reflect_it]))
        .build()?;
    assert_eq!(plugin.call::<_, &str>("run", "hello")?, "HELLO!");
    Ok(())
}
