use std::future::{Future, ready};

use extism_runtime::host_fn;

#[host_fn]
fn kv_read(key: String) -> impl Future<Output = String> {
    ready(key)
}

fn main() {}
