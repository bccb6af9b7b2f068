use extism_runtime::host_fn;

#[host_fn]
fn kv_read(key: &'static str) -> String {
    key.to_owned()
}

fn main() {}
