use extism_runtime::host_fn;

struct Kv;

#[host_fn]
impl Kv {
    #[cfg_attr(unix, host_fn(skip))]
    #[cfg_attr(windows, host_fn(name = "get"))]
    fn get(&self, key: String) -> String {
        key
    }

    #[cfg_attr(unix, host_fn(optional))]
    fn put(&self) {}
}

fn main() {}
