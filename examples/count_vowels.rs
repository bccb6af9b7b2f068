//! The main job: a trait describes a plug-in, and calling the plug-in is calling a method.
//!
//! ```text
//! cargo run --example count_vowels
//! ```

use extism_runtime::prelude::*;
use serde::Deserialize;

/// What the plug-in answers.
#[derive(Debug, Deserialize)]
struct Report {
    count: u32,
    total: u32,
    vowels: String,
}

/// Counts vowels.
#[plugin_interface]
trait VowelCounter {
    /// Counts the vowels of `text`; the total grows with every call.
    fn count_vowels(&mut self, text: &str) -> Json<Report>;
}

fn main() -> Result<(), Error> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/count_vowels.wasm");
    // That the plug-in has every export of the trait is checked here.
    let mut counter = VowelCounterPlugin::load(Wasm::file(file))?;

    let text = "Hello, world!";
    print(text, &counter.count_vowels(text)?);
    // The plug-in keeps the total in a variable, which lives as long as the plug-in.
    print(text, &counter.count_vowels(text)?);
    // Its configuration says which letters count.
    counter.plugin_mut().set_config([("vowels", Some("lo"))]);
    print(text, &counter.count_vowels(text)?);
    Ok(())
}

fn print(text: &str, Json(report): &Json<Report>) {
    let Report { count, total, vowels } = report;
    println!("{text:?} has {count} of {vowels:?}, {total} in all calls so far");
}
