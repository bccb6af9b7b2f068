use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait Greeter {
    fn greet(&mut self, name: &str) -> Result<String, Error> {
        let unused = 1;
        Ok(nam.to_owned())
    }
}

#[plugin_interface]
trait Other {
    fn greet(&mut self, name: &str) -> u8 {
        name
    }
}

fn main() {}
