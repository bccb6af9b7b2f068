use extism_runtime::host_interface;

#[host_interface]
pub trait Shop {
    fn price(&self, article: &str) -> u64;
}

struct MyShop;

impl Shop for MyShop {
    fn price(&self, _: &str) -> u32 {
        1
    }
}

fn main() {}
