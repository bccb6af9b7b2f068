use extism_runtime::host_fn;

#[host_fn(name = "read", namespace = "env", name = "get")]
fn kv_read(key: String) -> String {
    key
}

fn main() {}
