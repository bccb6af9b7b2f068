//! Permissions: a plug-in is inspected, a person sees what it wants to do, and it gets what the person allows.
//!
//! ```text
//! cargo run --example permissions          # the person answers no
//! cargo run --example permissions -- yes   # or yes
//! ```

use std::{collections::HashMap, env, sync::Mutex};

use extism_runtime::{Json, State, inspect::Permissions, prelude::*};
use serde::Deserialize;

/// What the plug-in counts, beyond its own life.
#[derive(Default)]
struct Store(Mutex<HashMap<String, Vec<u8>>>);

#[host_fn(permission = "store.read")]
fn kv_read(store: State<Store>, key: &str) -> Option<Vec<u8>> {
    store.0.lock().ok()?.get(key).cloned()
}

#[host_fn(permission = "store.write")]
fn kv_write(store: State<Store>, key: String, value: Vec<u8>) -> Result<(), String> {
    store.0.lock().map_err(|error| error.to_string())?.insert(key, value);
    Ok(())
}

#[derive(Deserialize)]
struct Report {
    count: u32,
}

/// Counts vowels, and keeps their total in the store.
#[plugin_interface]
trait VowelCounter {
    /// Counts the vowels of `text`.
    fn count_vowels(&mut self, text: &str) -> Json<Report>;
}

/// The plug-in with all that the program offers. Which of it the plug-in may use is not said here.
fn plugin() -> PluginBuilder {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/count_vowels_kvstore.wasm");
    PluginBuilder::new(Wasm::file(file)).with_state(Store::default()).with_functions(host_fns![kv_read, kv_write])
}

/// Shows the page and asks. Here, the answer comes from the command line.
fn is_allowed(permissions: &Permissions) -> bool {
    println!("The plug-in wants to:");
    permissions.iter().for_each(|permission| println!("- {permission}"));
    env::args().nth(1).as_deref() == Some("yes")
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Nothing of the plug-in is compiled for this, and nothing of it runs.
    let permissions = plugin().inspect()?.permissions;
    let allowed = is_allowed(&permissions);
    let granted = permissions.names_to_grant().filter(|_| allowed);
    match plugin().grant(granted).build() {
        Ok(plugin) => {
            let Json(report) = VowelCounterPlugin::try_from(plugin)?.count_vowels("Hello, world!")?;
            println!("It has counted {} vowels.", report.count);
        }
        // One error names all that it lacks.
        Err(error) => println!("It is not loaded: {error}"),
    }
    Ok(())
}
