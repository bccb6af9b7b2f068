use extism_runtime::plugin_interface;

#[plugin_interface]
trait VowelCounter {
    fn count_vowels(self: Box<Self>, text: &str) -> String;
}

fn main() {}
