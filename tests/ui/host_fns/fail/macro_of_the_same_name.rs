use extism_runtime::{host_fn, host_fns};

macro_rules! notify {
    ($text:literal) => {
        println!($text)
    };
}

#[host_fn]
fn notify(text: &str) {
    let _ = text;
    notify!("a");
}

fn main() {
    let _ = host_fns![notify];
}
