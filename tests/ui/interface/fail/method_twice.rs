use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait VowelCounter {
    fn count_vowels(&mut self, text: &str) -> Result<String, Error>;
    fn count_vowels(&mut self, text: &[u8]) -> Result<String, Error>;
}

fn main() {}
