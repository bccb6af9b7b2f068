use extism_runtime::host_interface;

#[host_interface]
pub trait Shop {
    fn price<T>(&self, article: T) -> u64;
}

fn main() {}
