extern crate extism_guest as extism_runtime;

use extism_runtime::plugin_interface;

pub struct Greeter;

#[plugin_interface(extends(Greeter))]
pub trait Assistant {
    fn assist(&mut self) -> String;
}

fn main() {}
