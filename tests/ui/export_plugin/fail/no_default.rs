extern crate extism_guest as extism_runtime;

use extism_runtime::{export_plugin, plugin_interface};

#[plugin_interface]
pub trait Counter {
    fn count(&mut self, text: &str) -> u32;
}

struct MyCounter(u32);

#[export_plugin]
impl Counter for MyCounter {
    fn count(&mut self, _: &str) -> u32 {
        self.0
    }
}

fn main() {}
