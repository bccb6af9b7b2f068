//! Two modules: the main one imports functions of the other.
//!
//! ```text
//! cargo run --example linking
//! ```

use extism_runtime::{Error, prelude::*};

/// The exports of the main module.
#[plugin_interface]
trait Shouter {
    /// Returns `text` in capitals, which the module `math` converts in the memory that both modules share.
    fn shout(&mut self, text: &str) -> &str;
    /// Returns the number of calls of `math`, as eight bytes.
    fn library_calls(&mut self) -> i64;
}

fn main() -> Result<(), Error> {
    let file = |name: &str| Wasm::file(format!("{}/plugins/{name}", env!("CARGO_MANIFEST_DIR")));
    // The main module is the one named `main`. It imports from the other module by the name `math`.
    let manifest =
        Manifest::new([file("linking_math.wat").with_name("math"), file("linking_main.wat").with_name("main")]);
    let mut shouter = ShouterPlugin::load(manifest)?;
    println!("{}", shouter.shout("hello from two modules")?);
    println!("the library was called {} times", shouter.library_calls()?);

    // Modules that do not fit together are rejected, and the error lists all reasons.
    let alone = Manifest::new([file("linking_main.wat")]);
    if let Err(error) = Plugin::new(alone) {
        println!("{error}");
    }
    Ok(())
}
