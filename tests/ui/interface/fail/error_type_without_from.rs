use extism_runtime::plugin_interface;

#[derive(Debug)]
pub struct MyError;

#[plugin_interface]
pub trait Summarizer {
    fn summarize(&mut self, document: &str) -> Result<String, MyError>;
}

fn main() {}
