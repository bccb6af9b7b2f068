use extism_runtime::plugin_interface;

// The module imports nothing.
#[plugin_interface(wasm = "count_vowels.wasm", imports(Typo))]
trait VowelCounter {
    fn count_vowels(&mut self, text: &str) -> String;
}

fn main() {}
