use extism_runtime::plugin_interface;

#[plugin_interface(name = VowelCounter)]
trait VowelCounter {
    fn count_vowels(&mut self, text: &str) -> String;
}

fn main() {}
