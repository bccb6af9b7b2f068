extern crate extism_guest as extism_runtime;

use extism_runtime::plugin_interface;

pub struct Cart;

#[plugin_interface]
pub trait Discounts {
    fn discount(&mut self, cart: Cart) -> u32;
}

fn main() {}
