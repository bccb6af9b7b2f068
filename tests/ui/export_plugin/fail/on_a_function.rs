extern crate extism_guest as extism_runtime;

use extism_runtime::export_plugin;

#[export_plugin]
fn count(_: &str) -> u32 {
    0
}

fn main() {}
