use extism_runtime::plugin_interface;

#[plugin_interface]
#[async_trait::async_trait]
trait VowelCounter {
    async fn count_vowels(&mut self, text: &str) -> String;
}

async fn use_it(counter: &mut VowelCounterPlugin) {
    let _ = counter.count_vowels("Hello").await;
}

fn main() {}
