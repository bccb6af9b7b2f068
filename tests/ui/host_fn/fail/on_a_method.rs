use extism_runtime::host_fn;

struct KvStore;

impl KvStore {
    #[host_fn]
    fn kv_read(&self, key: String) -> String {
        key
    }
}

fn main() {}
