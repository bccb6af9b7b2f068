use extism_runtime::host_interface;

#[host_interface]
pub trait Shop {
    async fn price(&self, article: &str) -> u64;
}

struct MyShop;

impl Shop for MyShop {
    async fn price(&self, _: &str) -> u64 {
        let price = std::rc::Rc::new(1);
        std::future::ready(()).await;
        *price
    }
}

fn main() {}
