//! Two modules: the main one imports functions of the other.
//!
//! ```text
//! cargo run --example linking
//! ```

use extism_runtime::prelude::*;

/// What the main module exports.
#[plugin_interface]
trait Shouter {
    /// `text` in capitals, which the module `math` makes, in the memory that both share.
    fn shout(&mut self, text: &str) -> &str;
    /// How often `math` was called, eight bytes.
    fn library_calls(&mut self) -> i64;
}

fn main() -> Result<(), Error> {
    let file = |name: &str| Wasm::file(format!("{}/plugins/{name}", env!("CARGO_MANIFEST_DIR")));
    // The name is that from which the other module imports. The main module is the one named `main`.
    let manifest =
        Manifest::new([file("linking_math.wat").with_name("math"), file("linking_main.wat").with_name("main")]);
    let mut shouter = ShouterPlugin::load(manifest)?;
    println!("{}", shouter.shout("hello from two modules")?);
    println!("the library was called {} times", shouter.library_calls()?);

    // Modules that don't fit are refused with all the reasons.
    let alone = Manifest::new([file("linking_main.wat")]);
    if let Err(error) = Plugin::new(alone) {
        println!("{error}");
    }
    Ok(())
}
