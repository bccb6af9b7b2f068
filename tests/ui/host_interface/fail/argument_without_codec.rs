use extism_runtime::host_interface;

pub struct Article;

#[host_interface]
pub trait Shop {
    fn price(&self, article: Article) -> u64;
}

fn main() {}
