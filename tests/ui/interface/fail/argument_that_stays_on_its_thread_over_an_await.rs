use std::rc::Rc;

use extism_runtime::{Encode, Error, codec::{CodecError, Writer}, plugin_interface};

struct Local(Rc<str>);

impl Encode for Local {
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        self.0.encode(out)
    }
}

#[plugin_interface]
trait VowelCounter {
    // A call encodes its input at once.
    async fn count_vowels(&mut self, text: Local) -> Result<String, Error>;

    // A body keeps it.
    async fn count_twice(&mut self, text: Local) -> Result<String, Error> {
        self.count_vowels(Local(text.0.clone())).await?;
        self.count_vowels(text).await
    }
}

fn main() {}
