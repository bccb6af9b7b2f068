use extism_runtime::plugin_interface;

#[plugin_interface]
trait Greeter {
    pub fn greet(&mut self, name: &str) -> String;
    pub(crate) fn leave(&mut self);
}

fn main() {
    let _ = GreeterPlugin::load("greeter.wasm").map(|mut greeter| greeter.greet("Ann"));
}
