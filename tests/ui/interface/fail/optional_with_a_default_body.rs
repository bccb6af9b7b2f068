use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait Greeter {
    #[export(optional)]
    fn greet(&mut self, name: &str) -> Result<String, Error> {
        Ok(format!("Hello, {name}!"))
    }
}

fn main() {}
