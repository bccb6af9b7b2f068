use extism_runtime::plugin_interface;

#[plugin_interface]
trait VowelCounter {
    fn count_vowels(&self, text: &str) -> String;
}

struct Session;

fn use_it(counter: &VowelCounterPlugin) {
    let _ = counter.with_context(Session).count_vowels("Hello");
}

fn main() {}
