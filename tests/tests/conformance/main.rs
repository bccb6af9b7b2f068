//! The bundled guests return the same results as under the official runtime, in any order of calls and with any engine
//! options. They need their own process, because they use its log callback.

mod case;
mod matrix;
mod nothing;
mod official;
mod rows;
mod server;

use std::path::PathBuf;

use extism_runtime::{Engine, engine::EngineBuilder};
use extism_tests::{fixture, guest};

/// An engine whose compiled code is kept between the tests, and from one run to the next.
fn engine(options: impl FnOnce(EngineBuilder) -> EngineBuilder) -> Engine {
    let cache = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("conformance");
    options(Engine::builder().with_cache_directory(cache)).build().unwrap()
}
