use extism_runtime::plugin_interface;

pub struct Result {
    pub text: String,
}

#[plugin_interface]
pub trait Summarizer {
    fn summarize(&mut self, document: &str) -> Result;
}

fn main() {}
