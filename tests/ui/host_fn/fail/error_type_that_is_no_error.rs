use extism_runtime::host_fn;

pub struct NotFound;

#[host_fn]
fn kv_read(key: String) -> Result<String, NotFound> {
    Ok(key)
}

fn main() {}
