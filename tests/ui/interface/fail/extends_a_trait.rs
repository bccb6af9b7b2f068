use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait Base {
    fn base(&mut self) -> Result<String, Error>;
}

#[plugin_interface(extends(Base))]
trait Extended: Base {
    fn more(&mut self) -> Result<String, Error>;
}

fn main() {}
