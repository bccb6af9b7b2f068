use extism_runtime::{Json, plugin_interface};

pub struct Document {
    pub text: String,
}

#[plugin_interface]
pub trait Summarizer {
    fn summarize(&mut self, document: &Document, words: u32) -> String;
    fn compare(&mut self, left: Json<Vec<u8>>, right: &str) -> bool;
}

fn main() {}
