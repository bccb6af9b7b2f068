use extism_runtime::plugin_interface;

#[plugin_interface]
trait VowelCounter {
    fn shout<'t>(&mut self, text: &'t str) -> &'t str;
}

fn main() {}
