use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait Greeter {
    fn greet(&mut self, name: &str) -> &str;
}

fn both(greeter: &mut GreeterPlugin) -> Result<String, Error> {
    let first = greeter.greet("Ann")?;
    let second = greeter.greet("Ben")?;
    Ok(format!("{first} {second}"))
}

fn main() {}
