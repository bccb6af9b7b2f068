use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait VowelCounter {
    fn count_vowels(self, text: &str) -> Result<String, Error>;
}

fn main() {}
