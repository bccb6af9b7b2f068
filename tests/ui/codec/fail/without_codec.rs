use extism_runtime::{Decode, Encode};

#[derive(Encode, Decode)]
struct Report {
    count: u32,
}

fn main() {}
