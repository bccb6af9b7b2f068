//! Counts the vowels of a text. Which letters are vowels is the host's choice (config `vowels`);
//! the total over all calls is kept in the var `total`.

use extism_pdk::{FnResult, Json, ToBytes, config, plugin_fn, var};
use serde::Serialize;

/// The vowels when the host configures none.
const DEFAULT_VOWELS: &str = "aeiouAEIOU";

/// The output of one call.
#[derive(Serialize, ToBytes)]
#[encoding(Json)]
struct Report {
    /// Vowels in this call's text.
    count: u32,
    /// Vowels in the texts of all calls so far, this one included.
    total: u32,
    /// The letters that were counted.
    vowels: String,
}

/// Text in, [`Report`] out.
#[plugin_fn]
pub fn count_vowels(text: String) -> FnResult<Report> {
    let vowels = config::get("vowels")?.unwrap_or_else(|| DEFAULT_VOWELS.to_owned());
    let count = text.chars().filter(|c| vowels.contains(*c)).count() as u32;
    let total = var::get::<u32>("total")?.unwrap_or(0).saturating_add(count);
    var::set("total", total)?;
    Ok(Report {
        count,
        total,
        vowels,
    })
}
