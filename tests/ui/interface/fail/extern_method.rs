use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait VowelCounter {
    extern "C" fn count_vowels(&mut self, text: &str) -> Result<String, Error>;
}

fn main() {}
