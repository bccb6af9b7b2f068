use extism_runtime::{Error, plugin_interface};

#[plugin_interface(name = Greetings, codc = Json, on_error = "panic")]
trait Greeter {
    #[export(optional, optionl)]
    fn greet(&mut self, name: &str) -> Option<String>;
}

// The options before and after the typo count.
fn greet(greeter: &mut Greetings) -> Result<Option<String>, Error> {
    Ok(greeter.has_greet().then(|| greeter.greet("Ann")).flatten())
}

fn main() {}
