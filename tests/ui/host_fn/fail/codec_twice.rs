use extism_runtime::host_fn;

#[host_fn(codec = Json, codec = Msgpack)]
fn price(article: String) -> u64 {
    article.len() as u64
}

fn main() {}
