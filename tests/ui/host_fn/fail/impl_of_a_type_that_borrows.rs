use extism_runtime::{PluginBuilder, host_fn};

struct Kv<'a>(&'a str);

#[host_fn]
impl<'a> Kv<'a> {
    fn get(&self, key: String) -> String {
        key + self.0
    }
}

struct Names<'a>(&'a [String]);

#[host_fn]
impl Names<'_> {
    fn name(&self) -> Option<&String> {
        self.0.first()
    }
}

fn main() {
    let _ = PluginBuilder::new("plugin.wasm").with_functions(Kv("a"));
}
