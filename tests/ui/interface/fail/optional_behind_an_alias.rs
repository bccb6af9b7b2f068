use extism_runtime::plugin_interface;

type Result<T = String> = std::result::Result<T, extism_runtime::Error>;

#[plugin_interface]
trait Greeter {
    #[export(optional)]
    fn greet(&mut self, name: &str) -> Result;
}

fn main() {}
