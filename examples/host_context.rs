//! A value for the duration of one call: the user who makes it. Host functions see the value, the plug-in does not.
//!
//! ```text
//! cargo run --example host_context
//! ```

use extism_runtime::{Error, prelude::*};

/// The user who makes the call.
struct User {
    name: &'static str,
    may_read: bool,
    reads: u32,
}

/// Returns a reply that depends on the user who makes the call.
#[host_fn]
fn reflect(plugin: &mut CurrentPlugin<'_>, text: String) -> Result<String, String> {
    let user = plugin.context_mut::<User>().ok_or("this function needs to know its caller")?;
    if !user.may_read {
        return Err(format!("{} may not read", user.name));
    }
    user.reads += 1;
    Ok(format!("{text}, {} (read {})", user.name, user.reads))
}

/// A plug-in that passes its input to the host function `reflect`.
#[plugin_interface]
trait Reflector {
    /// Returns the host's reply to `text`.
    fn reflect(&mut self, text: &str) -> String;
}

fn main() -> Result<(), Error> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/reflect.wasm");
    let plugin = PluginBuilder::new(Wasm::file(file)).with_functions(host_fns![reflect]).build()?;
    let mut reflector = ReflectorPlugin::try_from(plugin)?;

    let ada = User { name: "Ada", may_read: true, reads: 0 };
    println!("{}", reflector.with_context(ada).reflect("Good morning")?);

    let eve = User { name: "Eve", may_read: false, reads: 0 };
    match reflector.with_context(eve).reflect("Good evening") {
        Err(error @ Error::HostFunction { .. }) => println!("refused: {error}"),
        other => println!("unexpected: {other:?}"),
    }
    // The context is dropped after its call.
    if let Err(error) = reflector.reflect("Hello") {
        println!("refused: {error}");
    }
    Ok(())
}
