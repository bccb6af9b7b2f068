use extism_runtime::plugin_interface;

#[plugin_interface(on_error = "panic")]
trait Greeter {
    #[export(optional)]
    fn greet(&mut self, name: &str) -> String;
}

fn main() {}
