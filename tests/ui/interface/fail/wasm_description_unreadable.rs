use extism_runtime::plugin_interface;

#[plugin_interface(wasm = "types.wasm", description = "text.wasm")]
trait Shop {
    fn pay(&mut self, cart: &str) -> String;
}

/// Without a module it is not read: the test writes it.
#[plugin_interface(description = "text.wasm", name = Described)]
trait DescribedShop {
    fn pay(&mut self, cart: &str) -> String;
}

fn main() {}
