extern crate extism_guest as extism_runtime;

use extism_runtime::PluginError;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize, PluginError)]
enum Refused {
    No,
    #[serde(skip)]
    #[plugin_error(other)]
    Other(String),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

fn main() {}
