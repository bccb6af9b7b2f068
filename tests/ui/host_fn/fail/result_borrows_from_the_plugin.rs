use extism_runtime::host_fn;

#[host_fn]
fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

struct Words;

#[host_fn]
impl Words {
    fn last_word<'t>(&self, text: &'t str) -> &'t str {
        text.split(' ').next_back().unwrap_or_default()
    }
}

fn main() {}
