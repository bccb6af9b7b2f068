use extism_runtime::plugin_interface;

#[plugin_interface]
pub trait VowelCounter {
    async fn count_vowels(&mut self, text: &str) -> String;
}

fn main() {}
