use extism_runtime::plugin_interface;

#[plugin_interface]
trait Greeter {
    fn greet(&'a mut self, name: &str) -> &'a str;
}

fn main() {}
