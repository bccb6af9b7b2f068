//! The bundled guests: they answer as under the official runtime, in whatever order they are called and whatever the
//! engine's options are. Alone in their process, whose log callback they use.

mod case;
mod matrix;
mod official;
mod rows;
mod server;

use std::path::PathBuf;

use extism_runtime::{Engine, EngineBuilder};

/// The folder of the committed guests.
fn guests() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/plugins")
}

fn fixture(name: &str) -> serde_json::Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// An engine that keeps nothing on disk unless it is told to.
fn engine(options: impl FnOnce(EngineBuilder) -> EngineBuilder) -> Engine {
    options(Engine::builder().cache(false)).build().unwrap()
}
