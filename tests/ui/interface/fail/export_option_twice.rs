use extism_runtime::plugin_interface;

#[plugin_interface]
trait VowelCounter {
    #[export(name = "countVowels", optional, name = "count")]
    fn count_vowels(&mut self, text: &str) -> String;

    #[export(name = "shout")]
    #[export(optional)]
    fn shout(&mut self, text: &str) -> String;
}

fn main() {}
