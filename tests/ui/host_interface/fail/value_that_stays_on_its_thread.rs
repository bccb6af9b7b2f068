use extism_runtime::host_interface;

#[host_interface]
pub trait Shop {
    fn price(&self, article: &str) -> u64;
}

struct MyShop(std::rc::Rc<u64>);

impl Shop for MyShop {
    fn price(&self, _: &str) -> u64 {
        *self.0
    }
}

fn main() {
    let shop = MyShop(std::rc::Rc::new(1));
    let _ = extism_runtime::PluginBuilder::new("plugin.wasm").with_functions(ShopFunctions(shop));
}
