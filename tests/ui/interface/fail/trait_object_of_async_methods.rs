use std::sync::Arc;

use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait VowelCounter {
    async fn count_vowels(&self, text: &str) -> Result<String, Error>;
}

fn shared(counter: VowelCounterPlugin) -> Arc<dyn VowelCounter> {
    Arc::new(counter)
}

fn main() {}
