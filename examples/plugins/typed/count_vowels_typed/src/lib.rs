//! What `count_vowels` does, from a trait: which letters are vowels is the host's choice (config `vowels`); the total
//! over all calls is kept in the var `total`.
#![forbid(unsafe_code)]

use extism_guest::{Error, Json, config, export_plugin, plugin_interface, var};
use serde::Serialize;

/// The vowels when the host configures none.
const DEFAULT_VOWELS: &str = "aeiouAEIOU";

/// What one call answers.
#[derive(Serialize)]
pub struct Report {
    /// Vowels in this call's text.
    count: u32,
    /// Vowels in the texts of all calls so far, this one included.
    total: u32,
    /// The letters that were counted.
    vowels: String,
}

/// Counts vowels.
#[plugin_interface]
pub trait VowelCounter {
    /// Counts the vowels of `text`; the total grows with every call.
    fn count_vowels(&mut self, text: &str) -> Result<Json<Report>, Error>;
}

/// The plug-in, which keeps everything in variables.
#[derive(Default)]
pub struct Counter;

#[export_plugin]
impl VowelCounter for Counter {
    fn count_vowels(&mut self, text: &str) -> Result<Json<Report>, Error> {
        let vowels = config::get("vowels")?.unwrap_or_else(|| DEFAULT_VOWELS.to_owned());
        let count = text.chars().filter(|c| vowels.contains(*c)).count() as u32;
        let total = var::get::<u32>("total")?.unwrap_or(0).saturating_add(count);
        var::set("total", total)?;
        Ok(Json(Report { count, total, vowels }))
    }
}
