use extism_runtime::host_interface;

#[host_interface]
pub trait Shop {
    fn fill(&self, buffer: &mut Vec<u8>);
}

fn main() {}
