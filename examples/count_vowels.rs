//! The basic use: a trait describes a plug-in, and each method calls an export.
//!
//! ```text
//! cargo run --example count_vowels
//! ```

use extism_runtime::{Error, Json, prelude::*};
use serde::Deserialize;

/// The plug-in's output.
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
    // This checks that the plug-in has every export of the trait.
    let mut counter = VowelCounterPlugin::load(Wasm::file(file))?;

    let text = "Hello, world!";
    print(text, &counter.count_vowels(text)?);
    // The plug-in keeps the total in a variable, which lives as long as the plug-in.
    print(text, &counter.count_vowels(text)?);
    // Its configuration sets the letters that count as vowels.
    counter.plugin_mut().set_config("vowels", "lo");
    print(text, &counter.count_vowels(text)?);
    Ok(())
}

fn print(text: &str, Json(report): &Json<Report>) {
    let Report { count, total, vowels } = report;
    println!("{text:?} has {count} of {vowels:?}, {total} in all calls so far");
}
