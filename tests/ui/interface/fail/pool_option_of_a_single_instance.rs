use extism_runtime::plugin_interface;

#[plugin_interface]
trait VowelCounter {
    fn count_vowels(&mut self, text: &str) -> String;
}

fn use_it() {
    let _ = VowelCounterPlugin::builder("plugin.wasm").with_max_instances(4);
}

fn main() {}
