use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
pub trait Greeter {
    fn greet(&self, name: &str) -> Result<String, Error>;
    async fn leave(&mut self) -> Result<String, Error>;
    unsafe fn jump(&mut self);
    fn version(&mut self, #[cfg(unix)] major: bool);
    #[cfg_attr(unix, export(name = "b"))]
    fn build(&mut self);
}

// What is written fits the trait as it is written.
struct Mock;

impl Greeter for Mock {
    fn greet(&self, name: &str) -> Result<String, Error> {
        Ok(name.to_owned())
    }
    async fn leave(&mut self) -> Result<String, Error> {
        Ok(String::new())
    }
    unsafe fn jump(&mut self) {}
    fn version(&mut self, _: bool) {}
    fn build(&mut self) {}
}

fn main() {}
