//! A directory of plug-ins that are replaced while they are in use.
//!
//! ```text
//! cargo run --example plugin_set
//! ```

use std::{error::Error, fs, path::Path, sync::mpsc, time::Duration};

use extism_runtime::{
    plugin_interface,
    set::{PluginSet, SetEvent},
};
use serde::Deserialize;

/// What each plug-in of the directory can do.
#[plugin_interface]
trait Greeter {
    /// Greets somebody.
    fn greet(&self, name: &str) -> String;
}

/// What each manifest says about its plug-in, in `config`.
#[derive(Deserialize)]
struct Metadata {
    version: String,
    description: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let directory = directory.path();
    write_plugin(directory, "english", "1.0.0", "kitchen_sink.wasm")?;
    write_plugin(directory, "wrong", "0.1.0", "echo.wasm")?;

    // `with_plugins` would add host functions, WASI and limits to each plug-in.
    let greeters = PluginSet::<GreeterPlugin>::builder(directory).load()?;
    for entry in &greeters {
        println!("{}: {}", entry.name(), if entry.is_loaded() { "loaded" } else { "cannot be loaded" });
    }
    for error in greeters.errors() {
        println!("{}", error.to_string().replace(&*directory.to_string_lossy(), "DIRECTORY"));
    }
    println!("english says: {}", greeters.get("english")?.greet("World")?);

    // From now on, what changes in the directory is reloaded, until `watch` is dropped.
    let (sender, events) = mpsc::channel();
    let watch = greeters.watch(move |event| drop(sender.send(event.clone())))?;
    let next = || events.recv_timeout(Duration::from_mins(1));

    // A new version of a plug-in, and one that was wrong and is mended. All of it is one step: whoever writes last wins.
    write_plugin(directory, "wrong", "0.2.0", "kitchen_sink.wasm")?;
    show(&next()?);
    write_plugin(directory, "english", "1.1.0", "kitchen_sink.wasm")?;
    show(&next()?);
    show_versions(&greeters)?;

    // A version that cannot be loaded: the old one still serves.
    fs::write(directory.join("english/plugin.toml"), "wasm = [{ path = 'missing.wasm' }]")?;
    show(&next()?);
    println!("english says: {}", greeters.get("english")?.greet("World")?);

    fs::remove_dir_all(directory.join("wrong"))?;
    while !matches!(next()?, SetEvent::Removed { .. }) {}
    drop(watch);

    for (name, greeting) in greeters.call_all(|greeter| greeter.greet("everybody")) {
        println!("{name} says: {}", greeting?);
    }
    Ok(())
}

/// Installs a plug-in in a directory of its own. The manifest is written last, and replaces the old one at once.
fn write_plugin(directory: &Path, name: &str, version: &str, guest: &str) -> Result<(), std::io::Error> {
    let own = directory.join(name);
    fs::create_dir_all(&own)?;
    let module = format!("{name}-{version}.wasm");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins").join(guest), own.join(&module))?;
    let manifest = format!(
        r#"
        wasm = [{{ path = "{module}" }}]
        timeout_ms = 1000

        [config]
        "plugin.version" = "{version}"
        "plugin.description" = "Greets people"
        "#
    );
    fs::write(own.join("plugin.toml.new"), manifest)?;
    fs::rename(own.join("plugin.toml.new"), own.join("plugin.toml"))
}

fn show(event: &SetEvent) {
    match event {
        SetEvent::Failed(error) => println!("{}: the new version is bad", error.plugin),
        event => println!("{}: a new version serves", event.plugin()),
    }
}

fn show_versions(greeters: &PluginSet<GreeterPlugin>) -> Result<(), Box<dyn Error>> {
    for entry in greeters {
        let Some(manifest) = entry.manifest() else { continue };
        let metadata: Metadata = manifest.metadata()?;
        println!("{} {}: {}", entry.name(), metadata.version, metadata.description.unwrap_or_default());
    }
    Ok(())
}
