use extism_runtime::{CurrentPlugin, host_fn};

#[host_fn]
fn kv_write(plugin: &mut CurrentPlugin<'_>, key: &str, value: &[u8], caller: &CurrentPlugin<'_>) -> bool {
    let _ = caller.name();
    plugin.set_var(key, value).is_ok()
}

fn main() {}
