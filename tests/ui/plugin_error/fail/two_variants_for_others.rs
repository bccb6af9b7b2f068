use extism_runtime::{Error, PluginError};
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize, PluginError)]
enum Refused {
    No,
    #[serde(skip)]
    #[plugin_error(other)]
    Other(Error),
    #[serde(skip)]
    #[plugin_error(other)]
    Another(Error),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

fn main() {}
