use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait VowelCounter {
    fn count_vowels(text: &str) -> Result<String, Error>;
}

fn main() {}
