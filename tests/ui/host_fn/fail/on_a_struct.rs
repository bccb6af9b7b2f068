use extism_runtime::host_fn;

#[host_fn]
pub struct KvStore;

fn main() {}
