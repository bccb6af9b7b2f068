use extism_runtime::{Value, host_fn};

#[host_fn]
fn add(left: Value<u8>, right: Value<i32>) -> Value<u64> {
    Value(u64::from(left.0) + right.0 as u64)
}

fn main() {}
