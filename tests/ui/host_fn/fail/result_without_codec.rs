use extism_runtime::host_fn;

pub struct Response {
    pub status: u16,
}

#[host_fn]
fn fetch(url: String) -> Response {
    let _ = url;
    Response { status: 200 }
}

fn main() {}
