use extism_runtime::plugin_interface;

#[plugin_interface]
trait Loader {
    fn load(&mut self, path: &str) -> Vec<u8>;
    fn plugin(&mut self) -> String;
    #[export(optional)]
    fn cache(&mut self) -> String;
    fn has_cache(&mut self) -> bool;
}

fn main() {}
