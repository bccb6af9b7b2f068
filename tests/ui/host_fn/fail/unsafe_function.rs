use extism_runtime::host_fn;

#[host_fn]
unsafe fn kv_read(key: String) -> String {
    key
}

fn main() {}
