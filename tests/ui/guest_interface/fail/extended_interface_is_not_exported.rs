extern crate extism_guest as extism_runtime;

use extism_runtime::{export_plugin, plugin_interface};

#[plugin_interface]
pub trait Greeter {
    fn greet(&mut self, name: &str) -> String;
}

#[plugin_interface(extends(GreeterPlugin))]
pub trait Assistant {
    fn assist(&mut self) -> String;
}

#[derive(Default)]
struct Forgetful;

#[export_plugin]
impl Assistant for Forgetful {
    fn assist(&mut self) -> String {
        String::new()
    }
}

#[derive(Default)]
struct Silent;

// Implemented, but not exported.
impl Greeter for Silent {
    fn greet(&mut self, name: &str) -> String {
        name.to_owned()
    }
}

#[export_plugin]
impl Assistant for Silent {
    fn assist(&mut self) -> String {
        self.greet("you")
    }
}

fn main() {}
