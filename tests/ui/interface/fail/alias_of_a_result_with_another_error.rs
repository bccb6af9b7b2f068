use std::io;

use extism_runtime::plugin_interface;

pub struct AppError;

pub type AppResult<T> = Result<T, AppError>;

#[plugin_interface]
trait Greeter {
    fn greet(&mut self, name: &str) -> io::Result<String>;
    fn leave(&mut self, name: &str) -> AppResult<String>;
}

fn main() {}
