use std::cell::RefCell;

use extism_runtime::{State, host_fn};

#[host_fn]
fn kv_read(store: State<RefCell<String>>) -> String {
    store.borrow().clone()
}

fn main() {}
