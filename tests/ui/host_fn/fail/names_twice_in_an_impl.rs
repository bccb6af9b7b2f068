use extism_runtime::host_fn;

struct KvStore;

#[host_fn]
impl KvStore {
    fn kv_read(&self, key: String) -> String {
        key
    }

    #[host_fn(name = "kv_read")]
    fn kv_read_with_default(&self, key: String, default: String) -> String {
        key + &default
    }
}

fn main() {}
