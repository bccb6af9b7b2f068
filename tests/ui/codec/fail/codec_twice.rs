use extism_runtime::Encode;
use serde::Serialize;

#[derive(Encode, Serialize)]
#[codec(Json)]
#[codec(Msgpack)]
struct Report {
    count: u32,
}

fn main() {}
