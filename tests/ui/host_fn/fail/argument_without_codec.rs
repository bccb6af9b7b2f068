use extism_runtime::host_fn;

pub struct Request {
    pub url: String,
}

#[host_fn]
fn fetch(request: Request) -> Vec<u8> {
    request.url.into()
}

fn main() {}
