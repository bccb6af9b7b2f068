use extism_runtime::{Error, plugin_interface};

trait Named {
    fn name(&self) -> &str;
}

#[plugin_interface]
trait Greeter: Named {
    fn greet(&mut self) -> Result<String, Error>;
}

fn main() {}
