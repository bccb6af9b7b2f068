use extism_runtime::{Decode, Encode};

#[derive(Encode, Decode)]
#[codec(Json)]
struct Report {
    count: u32,
}

fn main() {}
