use extism_runtime::{CurrentPlugin, host_fn};

#[host_fn]
fn kv_write(plugin: &mut CurrentPlugin<'_>, again: &mut CurrentPlugin<'_>) {
    let _ = (plugin, again);
}

fn main() {}
