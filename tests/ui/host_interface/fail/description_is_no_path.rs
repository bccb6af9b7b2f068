use extism_runtime::host_interface;

#[host_interface(description = 1, description = "shop.json")]
pub trait Shop {
    fn price(&self, article: &str) -> Option<u64>;
}

fn main() {}
