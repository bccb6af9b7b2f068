use extism_runtime::{Json, plugin_interface};

pub struct Document {
    pub text: String,
}

#[plugin_interface]
pub trait Summarizer {
    fn summarize(&mut self, document: Json<Document>) -> String;
    fn write(&mut self, topic: &str) -> Json<Document>;
}

fn main() {}
