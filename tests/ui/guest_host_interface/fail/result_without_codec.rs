extern crate extism_guest as extism_runtime;

use extism_runtime::host_interface;

pub struct Article;

#[host_interface]
pub trait Shop {
    fn find(&self, name: &str) -> Article;
}

fn main() {}
