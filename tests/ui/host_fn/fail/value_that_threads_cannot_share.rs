use std::rc::Rc;

use extism_runtime::host_fn;

struct KvStore(Rc<str>);

#[host_fn]
impl KvStore {
    fn kv_read(&self) -> String {
        self.0.to_string()
    }
}

fn main() {}
