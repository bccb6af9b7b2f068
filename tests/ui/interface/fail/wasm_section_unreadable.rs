use extism_runtime::plugin_interface;

#[plugin_interface(wasm = "bad_section.wasm")]
trait Shop {
    fn pay(&mut self, cart: &str) -> u32;
}

fn main() {}
