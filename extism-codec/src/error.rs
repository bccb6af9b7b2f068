use std::fmt;
#[cfg(not(target_family = "wasm"))]
use std::fmt::Write as _;

use crate::BoxError;

/// Why a value could not be encoded or decoded.
#[derive(Debug)]
pub struct CodecError(BoxError);

// Implemented by hand: `source` is the cause's own source, since the cause's text is already this error's text.
impl std::error::Error for CodecError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl CodecError {
    /// Creates an error with this cause: a text, or another error. On a host, a cause with a text longer than 1 MiB,
    /// such as that of a reader that quotes its input, is replaced by the start of its text.
    pub fn new(cause: impl Into<BoxError>) -> Self {
        Self(cut(cause.into()))
    }

    /// Returns the error of a value that never fits into the space that it requested.
    #[doc(hidden)]
    #[must_use]
    pub fn growing() -> Self {
        Self::new("the value's encoding grows each time it is encoded")
    }

    /// Returns the cause.
    #[must_use]
    pub fn get_ref(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        &*self.0
    }

    /// Returns the cause.
    #[must_use]
    pub fn into_inner(self) -> BoxError {
        self.0
    }
}

/// The most bytes of its text that an error keeps.
#[cfg(not(target_family = "wasm"))]
const MAX_TEXT: usize = 1 << 20;

/// Returns the error, or the start of its text: readers quote input that they cannot read, which may be all of a
/// plug-in's memory.
#[cfg(not(target_family = "wasm"))]
fn cut(error: BoxError) -> BoxError {
    let mut counted = Limited { text: None, left: MAX_TEXT, cut: false };
    let _ = write!(counted, "{error}");
    if !counted.cut {
        return error;
    }
    let mut start = Limited { text: Some(String::new()), left: MAX_TEXT, cut: false };
    let _ = write!(start, "{error}");
    (start.text.unwrap_or_default() + "... (cut)").into()
}

/// A plug-in has limits of its own.
#[cfg(target_family = "wasm")]
fn cut(error: BoxError) -> BoxError {
    error
}

/// Takes a limited number of bytes, and keeps them if there is a text for them; more is an error, so that the writing
/// code stops.
#[cfg(not(target_family = "wasm"))]
struct Limited {
    text: Option<String>,
    left: usize,
    cut: bool,
}

#[cfg(not(target_family = "wasm"))]
impl fmt::Write for Limited {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = text.floor_char_boundary(self.left);
        self.cut |= end < text.len();
        self.left -= end;
        if let Some(kept) = &mut self.text {
            kept.push_str(&text[..end]);
        }
        if self.cut { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_cut_only_where_they_are_too_long() {
        let io = CodecError::new(std::io::Error::other("no"));
        assert!(io.get_ref().is::<std::io::Error>());
        assert_eq!(CodecError::new("x".repeat(12 << 20)).to_string().len(), MAX_TEXT + 9);
        let between = CodecError::new(format!("{}ä", "x".repeat(MAX_TEXT - 1))).to_string();
        assert_eq!(between.split_at(MAX_TEXT - 1).1, "... (cut)");
    }
}
