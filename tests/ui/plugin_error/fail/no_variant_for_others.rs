use extism_runtime::PluginError;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize, PluginError)]
enum Refused {
    No,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

fn main() {}
