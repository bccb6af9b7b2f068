use extism_runtime::host_fn;

struct Kv;

impl Kv {
    #[host_fn]
    fn get(key: String) -> String {
        key
    }
}

fn main() {}
