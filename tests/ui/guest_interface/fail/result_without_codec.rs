extern crate extism_guest as extism_runtime;

use extism_runtime::plugin_interface;

pub struct Discount;

#[plugin_interface]
pub trait Discounts {
    fn discount(&mut self) -> Discount;
}

fn main() {}
