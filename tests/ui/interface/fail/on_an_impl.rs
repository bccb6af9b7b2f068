use extism_runtime::plugin_interface;

struct VowelCounter;

#[plugin_interface]
impl VowelCounter {
    fn count_vowels(&mut self) {}
}

fn main() {}
