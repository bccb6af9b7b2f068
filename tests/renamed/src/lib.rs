//! The macros, where `Cargo.toml` renames the runtime, here to `plug_ins`.

pub mod documented;

use plug_ins::{Decode, Encode, Error, Function, Json, State, host_fn, host_fns, plugin_interface};
use serde::{Deserialize, Serialize};

/// Several shapes of methods.
#[plugin_interface(crate = ::plug_ins, codec = Json)]
pub trait Renamed {
    /// One argument.
    fn one(&mut self, text: &str) -> String;
    /// Several.
    ///
    /// # Errors
    ///
    /// When the call fails.
    #[export(args = "msgpack")]
    fn several(&mut self, text: &str, count: u8) -> Result<String, Error>;
    /// One that may be missing.
    #[export(optional)]
    fn missing(&mut self) -> u8;
}

/// The same, where all methods return `Result`.
#[plugin_interface(crate = "plug_ins")]
pub trait Results {
    /// A text.
    ///
    /// # Errors
    ///
    /// When the call fails.
    fn text(&mut self, text: &str) -> Result<String, Error>;
}

/// A host function.
#[host_fn(crate = ::plug_ins)]
#[must_use]
pub fn shout(prefix: State<String>, text: &str) -> String {
    format!("{}{text}", *prefix)
}

/// The same under another name.
pub mod again {
    pub use super::shout as cry;
}

/// A host function with the name of a macro.
#[host_fn(crate = ::plug_ins)]
#[must_use]
pub fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A set of host functions.
pub struct Set;

#[host_fn(crate = "::plug_ins")]
impl Set {
    /// One of them.
    #[must_use]
    pub fn whisper(&self, text: String) -> Json<String> {
        Json(text)
    }
}

/// A type with a codec.
#[derive(Debug, PartialEq, Serialize, Deserialize, Encode, Decode)]
#[codec(Json, crate = ::plug_ins)]
pub struct Document {
    /// A text.
    pub text: String,
}

/// The list of the functions; the macro finds the runtime itself.
pub fn functions() -> [Function; 1] {
    host_fns![shout]
}

#[cfg(test)]
mod tests {
    use plug_ins::{Decode, codec, host::IntoFunctions};

    use super::*;

    const ECHO: &str = r#"(module
        (import "extism:host/env" "input_length" (func $length (result i64)))
        (import "extism:host/env" "input_offset" (func $offset (result i64)))
        (import "extism:host/env" "output_set" (func $set (param i64 i64)))
        (func (export "one") (export "several") (export "text") (call $set (call $offset) (call $length))))"#;

    #[test]
    fn the_macros_follow_the_new_name() {
        let mut renamed = RenamedPlugin::load(ECHO).unwrap();
        assert_eq!(renamed.one("a").unwrap(), "a");
        assert_eq!(renamed.missing().unwrap(), None);
        assert_eq!(ResultsPlugin::load(ECHO).unwrap().text("a").unwrap(), "a");
        assert_eq!(functions()[0].name(), "shout");
        assert_eq!(Set.into_functions()[0].name(), "whisper");
        let document = Document { text: "a".to_owned() };
        let bytes = codec::to_vec(&document).unwrap();
        assert_eq!((Document::decode(&bytes).unwrap(), bytes), (document, br#"{"text":"a"}"#.to_vec()));
    }
}
