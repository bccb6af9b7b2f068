use extism_runtime::plugin_interface;

#[plugin_interface]
trait VowelCounter {
    fn shout(&mut self, text: &str) -> &'static str;
}

fn main() {}
