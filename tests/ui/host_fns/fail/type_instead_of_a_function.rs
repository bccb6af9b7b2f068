use extism_runtime::{host_fn, host_fns};

struct KvStore;

#[host_fn]
impl KvStore {
    fn kv_read(&self, key: String) -> String {
        key
    }
}

struct Nothing;

fn main() {
    let _ = host_fns![KvStore, Nothing];
}
