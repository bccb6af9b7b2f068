use extism_runtime::plugin_interface;

#[plugin_interface]
trait Greeter {
    #[export(args = "json-object")]
    fn greet(&mut self) -> String;
}

fn main() {}
