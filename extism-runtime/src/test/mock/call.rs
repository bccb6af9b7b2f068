use std::fmt;

use crate::{CurrentPlugin, Decode, Val, codec::CodecError, display};

/// The most bytes of an argument that are shown.
const SHOWN: usize = 60;

/// A call of a host function that a [`MockHost`](super::MockHost) has seen.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MockCall {
    /// The namespace from which the plug-in imports the function.
    pub namespace: String,
    /// The function's name.
    pub name: String,
    /// The export that was being called.
    pub export: String,
    arguments: Vec<Argument>,
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Argument {
    pub(super) val: Val,
    /// The bytes of the block, if the value is a handle.
    pub(super) bytes: Option<Vec<u8>>,
}

impl MockCall {
    pub(super) fn new(namespace: &str, name: &str, export: &str, arguments: Vec<Argument>) -> Self {
        Self { namespace: namespace.to_owned(), name: name.to_owned(), export: export.to_owned(), arguments }
    }

    /// Returns how many arguments there are.
    #[must_use]
    pub fn argument_count(&self) -> usize {
        self.arguments.len()
    }

    /// Decodes an argument, counted from 0, from the block of memory whose handle it is.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such argument, it is no handle, or its bytes cannot be decoded.
    pub fn argument<T: for<'a> Decode<'a>>(&self, index: usize) -> Result<T, CodecError> {
        let argument = self.arguments.get(index);
        let argument = argument.ok_or_else(|| CodecError::new(format!("{self} has no argument {index}")))?;
        let bytes = argument.bytes.as_deref();
        T::decode(bytes.ok_or_else(|| CodecError::new(format!("argument {index} of {self} is not a handle")))?)
    }

    /// Returns an argument, counted from 0, as it was passed: a number, or the handle of a block.
    #[must_use]
    pub fn val(&self, index: usize) -> Option<Val> {
        self.arguments.get(index).map(|argument| argument.val)
    }

    pub(super) fn arguments(&self) -> &[Argument] {
        &self.arguments
    }
}

impl Argument {
    /// The body of an HTTP request.
    #[cfg(feature = "http")]
    pub(super) fn of_body(body: Option<Vec<u8>>) -> Self {
        Self { val: Val::I64(0), bytes: Some(body.unwrap_or_default()) }
    }

    /// Reads an argument, and the block whose handle it may be.
    pub(super) fn read(plugin: &CurrentPlugin<'_>, val: &Val) -> Self {
        let bytes = plugin.memory_from_val(val).ok().and_then(|handle| match handle {
            Some(handle) => plugin.memory_bytes(handle).map(<[u8]>::to_vec).ok(),
            None => Some(Vec::new()),
        });
        Self { val: *val, bytes }
    }
}

impl fmt::Display for MockCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments: Vec<_> = self.arguments.iter().map(ToString::to_string).collect();
        write!(f, "`{}({})`", display::name(&self.name), arguments.join(", "))
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.bytes {
            // Either a number or no block.
            Some(bytes) if bytes.is_empty() && self.val == Val::I64(0) => f.write_str("0"),
            Some(bytes) => f.write_str(&shown(bytes)),
            None => write!(f, "{:?}", self.val),
        }
    }
}

/// Returns bytes as a text in quotes, of limited length.
pub(super) fn shown(bytes: &[u8]) -> String {
    let rest = bytes.len().saturating_sub(SHOWN);
    let start = bytes[..bytes.len() - rest].escape_ascii();
    if rest == 0 { format!("\"{start}\"") } else { format!("\"{start}..\" ({} bytes)", bytes.len()) }
}
