use extism_runtime::plugin_interface;

#[plugin_interface]
trait Greeter {
    fn name(&mut self) -> String;

    fn greet(&mut self) -> String {
        format!("Hello, {}!", self.name())
    }
}

fn main() {}
