use extism_runtime::plugin_interface;

#[plugin_interface]
trait Greeter {
    fn greet(&mut self, names: &[String]) -> String;
}

fn main() {}
