use extism_runtime::{CurrentPlugin, host_fn};

#[host_fn]
fn kv_write(plugin: CurrentPlugin<'_>, key: String) {
    let _ = (plugin, key);
}

fn main() {}
