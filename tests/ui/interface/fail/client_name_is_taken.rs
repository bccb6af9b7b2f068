use extism_runtime::{Error, plugin_interface};

pub struct GreeterPlugin;

#[plugin_interface]
pub trait Greeter {
    fn greet(&mut self, name: &str) -> String;
    fn leave(&mut self) -> Result<String, Error>;
    #[export(optional)]
    fn version(&mut self) -> u8;
}

fn main() {}
