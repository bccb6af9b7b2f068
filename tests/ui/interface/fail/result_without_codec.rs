use extism_runtime::{Error, plugin_interface};

pub struct Summary {
    pub text: String,
}

#[plugin_interface]
pub trait Summarizer {
    fn summarize(&mut self, document: &str) -> Summary;
    fn summaries(&mut self, document: &str) -> Result<Vec<Summary>, Error>;
}

fn main() {}
