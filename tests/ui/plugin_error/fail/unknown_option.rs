use extism_runtime::{Error, PluginError};
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize, PluginError)]
enum Refused {
    #[plugin_error(text = "no")]
    No,
    #[serde(skip)]
    #[plugin_error(other)]
    Other(Error),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

fn main() {}
