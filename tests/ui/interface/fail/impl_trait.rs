use std::fmt::Display;

use extism_runtime::{Encode, plugin_interface};

#[plugin_interface]
trait VowelCounter {
    fn count_vowels(&mut self, text: impl Encode) -> u32;
    fn shout(&mut self, text: &str) -> impl Display;
}

fn main() {}
