use extism_runtime::host_fns;

fn kv_read(key: String) -> String {
    key
}

fn main() {
    let _ = host_fns![kv_read];
}
