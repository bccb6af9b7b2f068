use extism_runtime::{host_fn, host_fns};

struct Kv;

#[host_fn]
impl Kv {
    fn get(&self, key: String) -> String {
        key
    }
}

fn main() {
    let _ = host_fns![Kv::get];
}
