use extism_runtime::plugin_interface;

#[plugin_interface(module = "count_vowels.wasm")]
trait VowelCounter {
    fn count_vowels(&mut self, text: &str) -> String;
}

fn use_it(counter: &mut VowelCounterPlugin) {
    // The client and its methods exist in spite of the mistake.
    let _ = counter.count_vowels("Hello");
}

fn main() {}
