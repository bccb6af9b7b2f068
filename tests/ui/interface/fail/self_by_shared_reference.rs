use extism_runtime::plugin_interface;

#[plugin_interface]
trait VowelCounter {
    fn count_vowels(&self, text: &str) -> String;
}

fn use_it(counter: &mut VowelCounterPlugin) {
    let _ = counter.count_vowels("Hello");
}

fn main() {}
