use extism_runtime::{Error, PluginError};

#[derive(PluginError)]
enum Refused<T> {
    No(T),
    #[serde(skip)]
    #[plugin_error(other)]
    Other(Error),
}

fn main() {}
