use extism_runtime::Encode;
use serde::Serialize;

#[derive(Encode, Serialize)]
#[codec("json")]
struct Report {
    count: u32,
}

fn main() {}
