use extism_runtime::plugin_interface;

pub struct Document {
    pub text: String,
}

#[plugin_interface]
pub trait Summarizer {
    fn summarize(&mut self, document: &Document) -> String;
}

fn main() {}
