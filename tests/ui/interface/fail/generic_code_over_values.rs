use extism_runtime::plugin_interface;

#[plugin_interface]
trait Greeter {
    fn greet(&mut self, name: &str) -> String;
}

fn greet(_: impl Greeter) {}

fn main() {
    if let Ok(greeter) = GreeterPlugin::load("greeter.wasm") {
        greet(greeter);
    }
}
