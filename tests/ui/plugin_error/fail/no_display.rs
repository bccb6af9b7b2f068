use extism_runtime::{Error, PluginError};
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize, PluginError)]
enum Refused {
    No,
    #[serde(skip)]
    #[plugin_error(other)]
    Other(Error),
}

fn main() {}
