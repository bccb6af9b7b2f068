use extism_runtime::host_interface;

#[host_interface]
pub trait Shop {
    fn price(&self, article: impl AsRef<str>) -> u64;
}

fn main() {}
