use extism_runtime::plugin_interface;

#[plugin_interface]
trait Editor {
    fn append(&mut self, text: &mut String);
}

fn main() {}
