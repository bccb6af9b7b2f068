use extism_runtime::plugin_interface;

fn kv_read(key: String) -> Vec<u8> {
    key.into()
}

struct Writer;

#[plugin_interface(wasm = "kv_store.wasm", imports(kv_read, Writer))]
trait VowelCounter {
    fn count_vowels(&mut self, text: &str) -> String;
}

fn main() {}
