use extism_runtime::host_interface;

#[host_interface]
pub trait Shop {
    fn price(&self, article: &str) -> u64;
}

struct MyShop;

fn main() {
    let _ = extism_runtime::PluginBuilder::new("plugin.wasm").with_functions(ShopFunctions(MyShop));
}
