use extism_runtime::host_fn;

struct Article;

#[host_fn(codec = Json)]
fn price(article: Article) -> u64 {
    let _ = article;
    1
}

fn main() {}
