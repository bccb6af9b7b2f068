use extism_runtime::{Error, PluginError};

#[derive(Debug, PluginError)]
enum Refused {
    No,
    #[plugin_error(other)]
    Other(Error),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

fn main() {}
