use extism_runtime::plugin_interface;

#[plugin_interface(wasm = "count_vowel.wasm")]
trait VowelCounter {
    fn count_vowels(&mut self, text: &str) -> String;
}

#[plugin_interface(wasm = "nowhere/plugin.wasm")]
trait Elsewhere {
    fn count_vowels(&mut self, text: &str) -> String;
}

fn main() {
    let _ = VowelCounterPlugin::embedded();
}
