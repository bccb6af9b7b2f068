use extism_runtime::plugin_interface;

#[plugin_interface]
trait Store {
    type Key;

    fn get(&mut self, key: Self::Key) -> Vec<u8>;
}

fn main() {}
