use extism_runtime::plugin_interface;

#[plugin_interface(wasm = "count_vowels.wasm")]
trait VowelCounter {
    fn count_vowel(&mut self, text: &str) -> String;
    #[export(name = "count_words")]
    fn words(&mut self, text: &str) -> String;
    #[cfg(all())]
    fn shouts(&mut self, text: &str) -> String;
    #[cfg(any())]
    fn not_compiled(&mut self, text: &str) -> String;
    #[export(optional)]
    fn may_be_missing(&mut self, text: &str) -> String;
}

fn main() {}
