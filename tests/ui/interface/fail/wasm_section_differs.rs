use extism_runtime::{Error, Json, plugin_interface};

#[plugin_interface(wasm = "described.wasm")]
trait Shop {
    fn pay(&mut self, cart: Json<u32>) -> Result<Json<String>, Error>;

    #[cfg(all())]
    #[export(args = "json-object")]
    fn quote(&mut self, article: &str, pieces: u32) -> String;

    #[cfg(any())]
    #[export(name = "pay")]
    fn old(&mut self, cart: Json<u32>);
}

fn main() {}
