use extism_runtime::{host_fn, host_fns};

#[host_fn]
fn kv_read(key: String) -> String {
    key
}

fn main() {
    let _ = host_fns![kv_raed, storage::kv_read];
}
