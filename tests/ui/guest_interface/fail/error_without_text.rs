extern crate extism_guest as extism_runtime;

use extism_runtime::plugin_interface;

pub struct NoText;

#[plugin_interface]
pub trait Discounts {
    fn discount(&mut self) -> Result<u32, NoText>;
}

fn main() {}
