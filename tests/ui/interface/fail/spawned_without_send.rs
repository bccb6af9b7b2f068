use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait VowelCounter {
    async fn count_vowels(&mut self, text: &str) -> Result<String, Error>;
}

fn spawn<F: Future + Send>(_: F) {}

// The trait does not require its implementors to be `Send`.
fn use_it<C: VowelCounter>(mut counter: C) {
    spawn(async move { counter.count_vowels("Hello").await })
}

fn main() {}
