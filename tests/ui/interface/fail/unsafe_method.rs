use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait VowelCounter {
    unsafe fn count_vowels(&mut self, text: &str) -> Result<String, Error>;
}

fn main() {}
