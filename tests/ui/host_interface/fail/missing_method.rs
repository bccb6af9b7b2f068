use extism_runtime::host_interface;

#[host_interface]
pub trait Shop {
    fn price(&self, article: &str) -> u64;
    fn pieces(&self, article: &str) -> u32;
}

struct MyShop;

impl Shop for MyShop {
    fn price(&self, _: &str) -> u64 {
        1
    }
}

fn main() {}
