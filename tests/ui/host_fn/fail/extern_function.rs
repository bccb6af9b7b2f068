use extism_runtime::host_fn;

#[host_fn]
extern "C" fn kv_read(key: String) -> String {
    key
}

fn main() {}
