use std::{future::Future, pin::Pin};

use extism_runtime::plugin_interface;

#[plugin_interface]
trait VowelCounter {
    fn count_vowels(&mut self, text: &str) -> impl Future<Output = String> + Send;
    fn total(&mut self) -> Pin<Box<dyn Future<Output = u64> + Send + '_>>;
}

fn main() {}
