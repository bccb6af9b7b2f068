use extism_runtime::host_fn;

#[host_fn]
fn split(text: String) -> (String, String) {
    (text.clone(), text)
}

fn main() {}
