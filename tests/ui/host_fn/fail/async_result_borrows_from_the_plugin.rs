use extism_runtime::host_fn;

#[host_fn]
async fn kv_read(key: &str) -> &str {
    key
}

fn main() {}
