use extism_runtime::host_fn;

struct KvStore;

trait Read {
    fn kv_read(&self, key: String) -> String;
}

#[host_fn]
impl Read for KvStore {
    fn kv_read(&self, key: String) -> String {
        key
    }
}

fn main() {}
