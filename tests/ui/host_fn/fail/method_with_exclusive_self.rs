use extism_runtime::host_fn;

struct Counter(u32);

#[host_fn]
impl Counter {
    fn count(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }
}

fn main() {}
