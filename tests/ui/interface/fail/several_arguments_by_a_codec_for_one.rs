use extism_runtime::plugin_interface;

#[plugin_interface(codec = Base64)]
trait Greeter {
    fn greet(&mut self, name: &str, times: u32) -> String;
}

fn main() {}
