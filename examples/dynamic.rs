//! Without macros: exports by their names, host functions over raw values.
//!
//! ```text
//! cargo run --example dynamic
//! ```

use extism_runtime::{Error, Plugin, PluginBuilder, ValType, Wasm};

fn main() -> Result<(), Error> {
    let file = |name: &str| Wasm::file(format!("{}/plugins/{name}", env!("CARGO_MANIFEST_DIR")));

    // What a plug-in has is known before anything is called.
    let mut plugin = Plugin::new(file("count_vowels.wasm"))?;
    for export in plugin.exports() {
        println!("{} exports {:?}: {}", plugin.name(), export.name, export.ty);
    }

    // Whatever can be decoded is a result; this one is borrowed from the plug-in's memory.
    let report: &str = plugin.call("count_vowels", "Hello, world!")?;
    println!("{report}");

    // A handle is found once and calls without looking anything up.
    let count = plugin.export::<&str, serde_json::Value>("count_vowels")?;
    for text in ["a", "ae", "aei"] {
        println!("{text}: {}", count.call(&mut plugin, text)?["count"]);
    }

    // A host function gets the plug-in's memory, by handles, and its raw arguments and results.
    let mut reflecting = PluginBuilder::new(file("reflect.wasm"))
        .with_function("reflect", [ValType::PTR], [ValType::PTR], |plugin, arguments, results| {
            let text: String = plugin.get(&arguments[0])?;
            results[0] = plugin.put(text.chars().rev().collect::<String>())?;
            Ok(())
        })
        .build()?;
    println!("{}", reflecting.call::<_, &str>("reflect", "stressed")?);

    // What goes wrong can be told apart.
    match plugin.call::<_, ()>("count_vowel", "a") {
        Err(Error::Interface(error)) => println!("error: {error}"),
        other => println!("unexpected: {other:?}"),
    }
    Ok(())
}
