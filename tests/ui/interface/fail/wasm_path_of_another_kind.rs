use extism_runtime::plugin_interface;

#[plugin_interface(wasm = concat!(env!("NO_SUCH_VARIABLE"), "/greeter.wasm"))]
trait Other {
    fn greet(&mut self, name: &str) -> String;
}

#[plugin_interface(wasm = include_str!("path.txt"))]
trait Third {
    fn greet(&mut self, name: &str) -> String;
}

fn main() {}
