use extism_runtime::{PluginBuilder, host_fn};

struct Counter(u32);

#[host_fn]
impl Counter {
    fn new() -> Self {
        Self(0)
    }

    fn count(&self) -> u32 {
        self.0
    }
}

fn main() {
    // The registration is there in spite of the mistake.
    let _ = PluginBuilder::new("plugin.wasm").with_functions(Counter::new());
}
