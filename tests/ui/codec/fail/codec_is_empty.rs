use extism_runtime::Encode;
use serde::Serialize;

#[derive(Encode, Serialize)]
#[codec()]
struct Report {
    count: u32,
}

#[derive(Encode, Serialize)]
#[codec]
struct Summary {
    count: u32,
}

fn main() {}
