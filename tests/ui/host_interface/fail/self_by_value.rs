use extism_runtime::host_interface;

#[host_interface]
pub trait Shop {
    fn price(self, article: &str) -> u64;
}

fn main() {}
