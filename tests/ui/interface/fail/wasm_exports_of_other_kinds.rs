use extism_runtime::plugin_interface;

#[plugin_interface(wasm = "count_vowels.wasm")]
trait VowelCounter {
    fn add(&mut self, text: &str) -> String;
    #[export(optional)]
    fn memory(&mut self) -> String;
}

fn main() {}
