use extism_runtime::plugin_interface;

#[plugin_interface(wasm = "picture.wasm")]
trait Picture {
    fn count_vowels(&mut self, text: &str) -> String;
}

#[plugin_interface(wasm = "text.wasm")]
trait Text {
    fn count_vowels(&mut self, text: &str) -> String;
}

#[plugin_interface(wasm = "component.wasm")]
trait Component {
    fn count_vowels(&mut self, text: &str) -> String;
}

#[plugin_interface(wasm = "damaged.wasm")]
trait Damaged {
    fn count_vowels(&mut self, text: &str) -> String;
}

#[plugin_interface(wasm = "shared.wasm")]
trait Shared {
    fn count_vowels(&mut self, text: &str) -> String;
}

fn main() {}
