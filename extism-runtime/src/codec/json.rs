use serde::{Deserialize, Serialize};

use super::{CodecError, Decode, Encode, Writer, budget, newtype::newtype};

/// Encodes a value as JSON.
///
/// ```
/// # fn main() -> Result<(), extism_runtime::Error> {
/// use extism_runtime::{Json, Plugin};
///
/// #[derive(serde::Deserialize)]
/// struct Report<'a> {
///     count: u32,
///     // Borrowed from the plug-in's memory.
///     vowels: &'a str,
/// }
///
/// let mut plugin = Plugin::new("examples/plugins/count_vowels.wasm")?;
/// let Json(report): Json<Report> = plugin.call("count_vowels", "Hello, world!")?;
/// assert_eq!((report.count, report.vowels), (3, "aeiouAEIOU"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Json<T>(pub T);

newtype!(Json);

impl<T: Serialize> Encode for Json<T> {
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        serde_json::to_writer(out, &self.0).map_err(CodecError::new)
    }
}

/// Strings may borrow from the plug-in's memory: `Json<&str>` works for a string without escapes.
impl<'a, T: Deserialize<'a>> Decode<'a> for Json<T> {
    fn decode(bytes: &'a [u8]) -> Result<Self, CodecError> {
        budget::check_json(bytes)?;
        serde_json::from_slice(bytes).map(Self).map_err(CodecError::new)
    }
}

impl Encode for serde_json::Value {
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), CodecError> {
        Json(self).encode(out)
    }
}

impl Decode<'_> for serde_json::Value {
    fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        Json::decode(bytes).map(Json::into_inner)
    }
}
