use extism_runtime::host_interface;

#[host_interface]
struct Shop;

fn main() {}
