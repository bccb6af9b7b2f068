use extism_runtime::plugin_interface;

#[plugin_interface]
struct VowelCounter;

fn main() {}
