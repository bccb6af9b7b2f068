use extism_runtime::{Decode, Encode};

#[derive(Encode, Decode)]
#[codec(Prost)]
struct Report {
    count: u32,
}

fn main() {}
