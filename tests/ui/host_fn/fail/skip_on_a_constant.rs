use extism_runtime::host_fn;

struct KvStore;

#[host_fn]
impl KvStore {
    #[host_fn(skip)]
    const LIMIT: usize = 5;

    fn kv_read(&self, key: String) -> String {
        key
    }
}

fn main() {}
