use extism_runtime::{CurrentPlugin, host_fn};

#[host_fn(module = "env")]
async fn kv_write<T>(plugin: &mut CurrentPlugin<'_>, key: &str, value: T) -> String {
    let _ = (plugin, value);
    key.to_owned()
}

fn main() {}
