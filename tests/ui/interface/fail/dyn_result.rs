use std::fmt::Display;

use extism_runtime::plugin_interface;

#[plugin_interface]
trait VowelCounter {
    fn shout(&mut self, text: &str) -> Box<dyn Display>;
}

fn main() {}
