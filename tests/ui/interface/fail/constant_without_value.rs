use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait Store {
    const LIMIT: usize;

    fn get(&mut self, key: &str) -> Result<Vec<u8>, Error>;
}

fn main() {}
