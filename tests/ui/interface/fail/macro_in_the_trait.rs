use extism_runtime::plugin_interface;

macro_rules! getters {
    () => {
        fn get(&mut self) -> String;
    };
}

#[plugin_interface]
trait Store {
    getters!();
}

fn main() {}
