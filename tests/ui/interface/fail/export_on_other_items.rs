use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
#[export(codec = Json)]
trait Greeter {
    #[export(name = "limit")]
    const LIMIT: usize = 5;

    fn greet(&mut self, name: &str) -> Result<String, Error>;
}

fn main() {}
