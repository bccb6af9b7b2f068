use extism_runtime::plugin_interface;

#[plugin_interface(wasm = count_vowels.wasm)]
trait VowelCounter {
    fn count_vowels(&mut self, text: &str) -> String;
}

fn main() {}
