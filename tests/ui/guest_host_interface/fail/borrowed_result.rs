extern crate extism_guest as extism_runtime;

use extism_runtime::host_interface;

#[host_interface]
pub trait Shop {
    fn name(&self, article: &str) -> &str;
}

fn main() {}
