use extism_runtime::host_fn;

struct Kv;

#[host_fn]
impl Kv {
    fn get(&self, key: String) -> String {
        key
    }
}

#[host_fn(part = 3)]
impl Kv {
    fn put(&self, key: String) {
        let _ = key;
    }
}

#[host_fn(part = 1)]
impl Kv {
    fn list(&self) {}
}

fn main() {}
