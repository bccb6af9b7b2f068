use extism_runtime::host_interface;

#[host_interface]
pub trait Shop {
    fn price(&self, (article, pieces): (String, u32)) -> u64;
}

fn main() {}
