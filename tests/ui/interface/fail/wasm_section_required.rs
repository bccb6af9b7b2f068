use extism_runtime::plugin_interface;

#[plugin_interface(wasm = "count_vowels.wasm", require = "section")]
trait Counter {
    fn count_vowels(&mut self, text: &str) -> u32;
}

fn main() {}
