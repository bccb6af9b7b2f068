extern crate extism_guest as extism_runtime;

use extism_runtime::{Encode, export_plugin, plugin_interface};

#[plugin_interface]
pub trait Counter {
    fn count<T: Encode>(&mut self, text: T) -> u32;
}

#[derive(Default)]
struct MyCounter;

#[export_plugin]
impl Counter for MyCounter {
    fn count<T: Encode>(&mut self, _: T) -> u32 {
        0
    }
}

fn main() {}
