use extism_runtime::plugin_interface;

#[plugin_interface]
trait Greeter {
    #[export(args = "yaml")]
    fn greet(&mut self, name: &str, times: u32) -> String;
}

fn main() {}
