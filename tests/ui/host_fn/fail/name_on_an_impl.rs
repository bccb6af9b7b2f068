use extism_runtime::host_fn;

struct KvStore;

#[host_fn(name = "kv")]
impl KvStore {
    fn kv_read(&self, key: String) -> String {
        key
    }
}

fn main() {}
