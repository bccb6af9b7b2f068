use extism_runtime::Encode;
use serde::Serialize;

#[derive(Encode, Serialize)]
#[codec(Yaml)]
struct Report {
    count: u32,
}

fn main() {}
