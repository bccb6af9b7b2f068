use extism_runtime::{Json, plugin_interface};

#[plugin_interface]
pub trait Store {
    fn get<T>(&mut self, key: &str) -> Json<T>;
}

fn main() {}
