//! The parts of `extism-runtime` that are fuzzed, under the paths that they have there.

#![allow(dead_code, unused_imports, reason = "not all of these parts is used here")]

#[path = "../../extism-runtime/src/bounded.rs"]
mod bounded;
#[path = "../../extism-runtime/src/codec/mod.rs"]
pub mod codec;
#[path = "../../extism-runtime/src/display.rs"]
mod display;
#[path = "../../extism-runtime/src/dwarf/mod.rs"]
mod dwarf;
#[path = "../../extism-runtime/src/fuse/mod.rs"]
mod fuse;
#[path = "../../extism-runtime/src/fuzzing/mod.rs"]
pub mod fuzzing;
#[path = "../../extism-runtime/src/fuzzing/numbers.rs"]
mod fuzzing_numbers;
#[path = "../../extism-runtime/src/kernel/mod.rs"]
mod kernel;
#[path = "../../extism-runtime/src/manifest/mod.rs"]
mod manifest;
#[path = "../../extism-runtime/src/nearest.rs"]
mod nearest;
pub mod smith;
#[path = "../../extism-runtime/src/value.rs"]
mod value;
#[path = "../../extism-runtime/src/wasm_types.rs"]
mod wasm_types;

mod artifact;
mod http;

mod error {
    pub use extism_codec::CodecError;

    pub type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;
}

/// The accounts of calls are not fuzzed: nothing is counted here.
mod usage {
    pub(crate) enum Meter {}

    impl Meter {
        pub(crate) fn http_sent(&self, _: usize) {}

        pub(crate) fn http_received(&self, _: usize) {}
    }
}
