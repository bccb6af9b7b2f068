//! Arrow is a lot of code, and its functions' names are a quarter of the module.

fn main() {
    println!("cargo::rustc-link-arg-cdylib=--strip-all");
}
