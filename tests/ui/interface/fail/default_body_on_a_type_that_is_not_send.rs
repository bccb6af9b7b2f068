use std::rc::Rc;

use extism_runtime::{Error, plugin_interface};

#[plugin_interface]
trait VowelCounter {
    async fn count_vowels(&mut self, text: &str) -> Result<String, Error>;

    async fn count_all(&mut self) -> Result<String, Error> {
        self.count_vowels("all").await
    }
}

struct Mock(Rc<()>);

impl VowelCounter for Mock {
    async fn count_vowels(&mut self, text: &str) -> Result<String, Error> {
        Ok(text.to_owned())
    }
}

async fn use_it(mock: &mut Mock) {
    let _ = mock.count_all().await;
}

fn main() {}
