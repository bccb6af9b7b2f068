use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait Base {
    fn base(&mut self) -> Result<String, Error>;
}

#[plugin_interface(extends(BasePlugin))]
trait Extended {
    fn more(&self) -> Result<String, Error>;
}

fn main() {}
