use extism_runtime::plugin_interface;

#[plugin_interface]
trait Store<'a, K, const N: usize> {
    fn get(&mut self, key: &K) -> [u8; N];
    fn name(&mut self) -> &'a str;
}

fn main() {}
