use extism_runtime::host_fn;

struct Counter(u32);

#[host_fn]
impl Counter {
    #[host_fn(skip)]
    fn new() -> Self {
        Self(0)
    }
}

fn main() {}
