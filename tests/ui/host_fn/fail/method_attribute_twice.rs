use extism_runtime::host_fn;

struct KvStore;

#[host_fn]
impl KvStore {
    #[host_fn(name = "get")]
    #[host_fn(namespace = "env")]
    fn kv_read(&self, key: String) -> String {
        key
    }
}

fn main() {}
