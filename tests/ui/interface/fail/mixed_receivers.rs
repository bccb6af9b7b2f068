use extism_runtime::plugin_interface;

#[plugin_interface]
trait VowelCounter {
    fn count_vowels(&mut self, text: &str) -> String;
    fn total(&self) -> u64;
    fn reset(&self);
}

fn use_it(counter: &mut VowelCounterPlugin) {
    let _ = counter.count_vowels("Hello");
    let _ = counter.total();
}

fn main() {}
