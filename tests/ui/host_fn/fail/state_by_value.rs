use extism_runtime::host_fn;

pub struct KvStore;

#[host_fn]
fn kv_read(store: KvStore, key: String) -> String {
    let _ = store;
    key
}

fn main() {}
