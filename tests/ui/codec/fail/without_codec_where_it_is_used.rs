use extism_runtime::{Decode, Encode, host_fn, plugin_interface};
use serde::{Deserialize, Serialize};

#[derive(Encode, Decode, Serialize, Deserialize)]
struct Report<T: Clone> {
    count: T,
}

#[host_fn]
fn total(report: Report<u8>) -> Report<u8> {
    report
}

#[plugin_interface]
trait Count {
    fn count(&mut self, text: &str) -> Report<u8>;
}

fn main() {}
