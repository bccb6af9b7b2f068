use extism_runtime::plugin_interface;

#[plugin_interface(codec = Jsn)]
trait Greeter {
    fn greet(&mut self, name: u8) -> u16;
    fn leave(&mut self, name: u8) -> u16;
}

fn main() {}
