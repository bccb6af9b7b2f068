use extism_runtime::host_interface;

#[host_interface(name = Shop)]
pub trait Shop {
    fn price(&self, article: &str) -> u64;
}

fn main() {}
