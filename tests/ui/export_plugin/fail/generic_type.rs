extern crate extism_guest as extism_runtime;

use extism_runtime::{export_plugin, plugin_interface};

#[plugin_interface]
pub trait Counter {
    fn count(&mut self, text: &str) -> u32;
}

#[derive(Default)]
struct MyCounter<T>(T);

#[export_plugin]
impl<T> Counter for MyCounter<T> {
    fn count(&mut self, _: &str) -> u32 {
        0
    }
}

fn main() {}
