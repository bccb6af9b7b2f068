use extism_runtime::host_fns;

mod host {
    #[extism_runtime::host_fn]
    pub fn env(name: String) -> String {
        name
    }
}

use host::env;

fn main() {
    env(String::new());
    let _ = host_fns![host::env];
    let _ = host_fns![env];
}
