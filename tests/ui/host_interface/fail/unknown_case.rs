use extism_runtime::host_interface;

#[host_interface(rename_all = "title case")]
pub trait Shop {
    fn price(&self, article: &str) -> u64;
}

fn main() {}
