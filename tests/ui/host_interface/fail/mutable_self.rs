use extism_runtime::host_interface;

#[host_interface]
pub trait Shop {
    fn reserve(&mut self, article: &str) -> u64;
}

fn main() {}
