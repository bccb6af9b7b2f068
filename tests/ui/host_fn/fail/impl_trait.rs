use std::fmt::Display;

use extism_runtime::host_fn;

#[host_fn]
fn kv_read(key: impl Display) -> impl Display {
    key.to_string()
}

fn main() {}
