use extism_runtime::plugin_interface;

#[plugin_interface(rename_all = "camel", args = "array")]
trait Greeter {
    fn greet(&mut self, name: &str) -> String;
}

fn main() {}
