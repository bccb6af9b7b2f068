use extism_runtime::plugin_interface;

#[plugin_interface]
trait VowelCounter {
    #[export(rename = "countVowels")]
    fn count_vowels(&mut self, text: &str) -> String;
}

fn main() {}
