use extism_runtime::host_fns;

fn main() {
    let _ = host_fns!["kv_read"];
}
