use extism_runtime::plugin_interface;

#[plugin_interface]
trait VowelCounter {
    #[export]
    fn count_vowels(&mut self, text: &str) -> String;
    #[export = "countVowels"]
    fn shout(&mut self, text: &str) -> String;
}

fn main() {}
