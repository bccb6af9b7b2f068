use extism_runtime::host_fn;

struct Kv;

#[host_fn]
impl Kv {
    fn get(&self, key: String) -> String {
        key
    }
}

#[host_fn]
impl Kv {
    fn put(&self, key: String) {
        let _ = key;
    }
}

fn main() {}
