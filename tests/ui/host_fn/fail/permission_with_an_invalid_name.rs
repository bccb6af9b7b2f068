use extism_runtime::host_fn;

#[host_fn(permission = "read files")]
fn read(path: String) -> String {
    path
}

struct Kv;

#[host_fn(permission = "")]
impl Kv {
    #[host_fn(permission = "kv.größe")]
    fn size(&self) -> u32 {
        0
    }
}

#[host_fn(permission = kv)]
fn write(_path: String) {}

fn main() {}
