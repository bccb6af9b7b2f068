use std::rc::Rc;

use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait VowelCounter {
    async fn count_vowels(&mut self, text: &str) -> Result<String, Error>;

    async fn count_all(&mut self) -> Result<String, Error> {
        let shared = Rc::new(());
        let counted = self.count_vowels("all").await;
        drop(shared);
        counted
    }
}

fn main() {}
