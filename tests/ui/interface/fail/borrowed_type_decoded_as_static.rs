use std::borrow::Cow;

use extism_runtime::plugin_interface;

#[plugin_interface]
trait Greeter {
    fn greet(&mut self, name: &str) -> Cow<'static, str>;
}

fn main() {}
