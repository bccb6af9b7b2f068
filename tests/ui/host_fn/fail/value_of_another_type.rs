use extism_runtime::{host::Scalar, host_fn};

#[host_fn]
fn add(left: Scalar<u8>, right: Scalar<i32>) -> Scalar<u64> {
    Scalar(u64::from(left.0) + right.0 as u64)
}

fn main() {}
