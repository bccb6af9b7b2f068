use extism_runtime::plugin_interface;

#[plugin_interface(description = discounts)]
trait Shop {
    fn pay(&mut self, cart: &str) -> u32;
}

fn main() {}
