use extism_runtime::plugin_interface;

#[plugin_interface(on_error = "panic")]
trait VowelCounter {
    async fn count_vowels(&mut self, text: &str) -> String;
    fn total(&mut self) -> u64;
}

async fn use_it(counter: &mut VowelCounterPlugin) {
    let _ = counter.count_vowels("Hello").await;
    let _ = counter.total();
}

fn main() {}
