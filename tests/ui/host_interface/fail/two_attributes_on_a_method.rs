use extism_runtime::host_interface;

#[host_interface]
pub trait Shop {
    #[host_fn(name = "a")]
    #[host_fn(namespace = "b")]
    fn price(&self, article: &str) -> u64;
}

fn main() {}
