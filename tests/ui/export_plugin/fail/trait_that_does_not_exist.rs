extern crate extism_guest as extism_runtime;

use extism_runtime::export_plugin;

struct MyCounter;

#[export_plugin]
impl Counter for MyCounter {
    fn count(&mut self, _: &str) -> u32 {
        0
    }
}

fn main() {}
