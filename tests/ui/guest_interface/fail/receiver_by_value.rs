extern crate extism_guest as extism_runtime;

use extism_runtime::plugin_interface;

#[plugin_interface]
pub trait Discounts {
    fn discount(self, percent: u8) -> u32;
}

fn main() {}
