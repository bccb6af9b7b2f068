use extism_runtime::{Json, plugin_interface};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Cart {
    total: u32,
}

#[derive(Serialize, Deserialize)]
struct Receipt {
    number: u32,
}

/// The file has schemas, and the module has others: its cart has a currency, and its receipt no number.
#[plugin_interface(wasm = "types.wasm", description = "types.json")]
trait Shop {
    fn pay(&mut self, cart: Json<Cart>) -> Json<Receipt>;

    #[cfg(any())]
    fn quote(&mut self, cart: Json<Cart>) -> u32;
}

/// What the file says of another declaration is not compared.
#[plugin_interface(wasm = "types.wasm", description = "types.json", name = Other)]
trait OtherShop {
    fn pay(&mut self, cart: &Json<Cart>) -> Json<Receipt>;
}

fn main() {}
