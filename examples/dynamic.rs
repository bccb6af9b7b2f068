//! Without macros: exports called by name, host functions with raw values.
//!
//! ```text
//! cargo run --example dynamic
//! ```

use extism_runtime::{Error, Plugin, PluginBuilder, ValType, Wasm};

fn main() -> Result<(), Error> {
    let file = |name: &str| Wasm::file(format!("{}/plugins/{name}", env!("CARGO_MANIFEST_DIR")));

    // A plug-in's exports are known before anything is called.
    let mut plugin = Plugin::new(file("count_vowels.wasm"))?;
    for export in plugin.exports() {
        println!("{} exports {:?}: {}", plugin.name(), export.name, export.ty);
    }

    // A result can be any type that can be decoded; this one borrows from the plug-in's memory.
    let report: &str = plugin.call("count_vowels", "Hello, world!")?;
    println!("{report}");

    // An export is looked up once; calling it needs no further look-up.
    let count = plugin.export::<&str, serde_json::Value>("count_vowels")?;
    for text in ["a", "ae", "aei"] {
        println!("{text}: {}", count.call(&mut plugin, text)?["count"]);
    }

    // A host function gets raw arguments and results, and accesses the plug-in's memory through handles.
    let mut reflecting = PluginBuilder::new(file("reflect.wasm"))
        .with_function("reflect", [ValType::PTR], [ValType::PTR], |plugin, arguments, results| {
            let text: String = plugin.get(&arguments[0])?;
            results[0] = plugin.put(text.chars().rev().collect::<String>())?;
            Ok(())
        })
        .build()?;
    println!("{}", reflecting.call::<_, &str>("reflect", "stressed")?);

    // Each kind of error has its own variant.
    match plugin.call::<_, ()>("count_vowel", "a") {
        Err(Error::Interface(error)) => println!("error: {error}"),
        other => println!("unexpected: {other:?}"),
    }
    Ok(())
}
