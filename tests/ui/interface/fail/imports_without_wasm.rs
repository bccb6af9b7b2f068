use extism_runtime::{host_fn, plugin_interface};

#[host_fn]
fn kv_read(key: String) -> Vec<u8> {
    key.into()
}

#[plugin_interface(imports(kv_read))]
trait VowelCounter {
    fn count_vowels(&mut self, text: &str) -> String;
}

fn main() {}
