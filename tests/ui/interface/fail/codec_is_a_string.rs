use extism_runtime::plugin_interface;

#[plugin_interface(codec = "json")]
trait VowelCounter {
    fn count_vowels(&mut self, text: &str) -> String;
}

fn main() {}
