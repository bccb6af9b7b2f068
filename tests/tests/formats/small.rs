//! The interfaces of the examples that have no crate for theirs.

use extism_runtime::{Json, plugin_interface};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Report {
    count: u32,
    total: u32,
    vowels: String,
}

#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Response {
    status: u16,
    body: String,
}

/// Counts vowels.
#[plugin_interface]
pub(super) trait VowelCounter {
    /// Counts the vowels of `text`; the total grows with every call.
    fn count_vowels(&mut self, text: &str) -> Json<Report>;
}

#[plugin_interface]
pub(super) trait Reflector {
    fn reflect(&mut self, text: &str) -> String;
}

#[plugin_interface]
pub(super) trait Client {
    fn http_request(&mut self, request: Json<serde_json::Value>) -> Json<Response>;
}

#[plugin_interface]
pub(super) trait Shouter {
    fn shout(&mut self, text: &str) -> &str;
    fn library_calls(&mut self) -> i64;
}

#[plugin_interface]
pub(super) trait Greeter {
    fn greet(&self, name: &str) -> String;
}
