use std::{future::ready, rc::Rc};

use extism_runtime::host_fn;

#[host_fn]
async fn kv_read(key: String) -> String {
    let shared = Rc::new(key);
    ready(()).await;
    shared.to_string()
}

struct Kv;

#[host_fn]
impl Kv {
    async fn kv_write(&self, key: String) -> String {
        let shared = Rc::new(key);
        ready(()).await;
        shared.to_string()
    }
}

fn main() {}
