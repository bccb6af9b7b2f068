use extism_runtime::PluginBuilder;

struct KvStore;

fn main() {
    let _ = PluginBuilder::new("plugin.wasm").with_functions(KvStore);
}
