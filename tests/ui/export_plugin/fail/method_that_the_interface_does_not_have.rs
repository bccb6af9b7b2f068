extern crate extism_guest as extism_runtime;

use extism_runtime::{export_plugin, plugin_interface};

#[plugin_interface]
pub trait Counter {
    fn count(&mut self, text: &str) -> u32;
}

#[derive(Default)]
struct MyCounter;

#[export_plugin]
impl Counter for MyCounter {
    fn count(&mut self, _: &str) -> u32 {
        0
    }

    fn reset(&mut self) {}
}

fn main() {}
