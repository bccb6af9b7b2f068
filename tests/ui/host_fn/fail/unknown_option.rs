use extism_runtime::{host_fn, host_fns};

#[host_fn(module = "env")]
fn kv_read(key: String) -> String {
    key
}

fn main() {
    // The function and its registration are there in spite of the mistake.
    kv_read(String::new());
    let _ = host_fns![kv_read];
}
