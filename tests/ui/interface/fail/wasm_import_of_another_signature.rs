use extism_runtime::{host::Scalar, host_fn, plugin_interface};

#[host_fn]
fn kv_read(key: String, default: String, count: Scalar<i32>) -> Vec<u8> {
    let _ = (default, count);
    key.into()
}

struct Writer;

#[host_fn]
impl Writer {
    fn kv_write(&self, key: String, value: Vec<u8>) -> bool {
        key.len() == value.len()
    }
}

#[plugin_interface(wasm = "kv_store.wasm", imports(kv_read, Writer))]
trait VowelCounter {
    fn count_vowels(&mut self, text: &str) -> String;
}

fn main() {}
