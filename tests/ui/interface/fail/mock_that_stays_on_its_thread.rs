use std::{future::ready, rc::Rc};

use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait VowelCounter {
    async fn count_vowels(&mut self, text: &str) -> Result<String, Error>;
}

struct Mock;

impl VowelCounter for Mock {
    async fn count_vowels(&mut self, text: &str) -> Result<String, Error> {
        let counted = Rc::new(text.len());
        ready(()).await;
        Ok(counted.to_string())
    }
}

fn main() {}
