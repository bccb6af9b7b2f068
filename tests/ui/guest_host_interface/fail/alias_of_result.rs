extern crate extism_guest as extism_runtime;

use extism_runtime::host_interface;

#[host_interface]
pub trait Shop {
    fn price(&self, article: &str) -> std::io::Result<u64>;
}

fn main() {}
