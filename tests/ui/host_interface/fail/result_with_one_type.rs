use extism_runtime::host_interface;

type Result<T> = std::result::Result<T, String>;

#[host_interface]
pub trait Shop {
    fn price(&self, article: &str) -> Result<u64>;
}

fn main() {}
