use extism_runtime::{CurrentPlugin, Decode, host_fn};
use serde::Deserialize;

#[derive(Deserialize, Decode)]
#[codec(Json)]
struct Entry<'a> {
    key: &'a str,
}

#[host_fn]
fn kv_write(plugin: &mut CurrentPlugin<'_>, entry: Entry) {
    let _ = plugin.set_var(entry.key, b"");
}

fn main() {}
