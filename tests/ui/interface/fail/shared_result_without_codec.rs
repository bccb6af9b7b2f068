use extism_runtime::plugin_interface;

pub struct Report;

#[plugin_interface]
trait VowelCounter {
    fn count_vowels(&self, text: &str) -> Report;
    async fn count_all(&self) -> Option<Report>;
}

fn main() {}
