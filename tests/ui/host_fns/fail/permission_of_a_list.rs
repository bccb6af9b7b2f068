use extism_runtime::{host_fn, host_fns};

#[host_fn]
fn read(path: String) -> String {
    path
}

fn main() {
    let _ = host_fns![permission = "no name"; read];
    let _ = host_fns![permission = "files", read];
    let _ = host_fns![permission = files; read];
}
