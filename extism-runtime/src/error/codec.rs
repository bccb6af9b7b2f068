use super::BoxError;
use crate::display;

/// Why a value could not be encoded or decoded.
#[derive(Debug)]
pub struct CodecError(BoxError);

// Implemented by hand: `source` is the cause's own source, since the cause's text is already this error's text.
impl std::error::Error for CodecError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl std::fmt::Display for CodecError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl CodecError {
    /// Creates an error with this cause: a text, or another error. A cause with a text longer than 1 MiB, such as that
    /// of a reader that quotes its input, is replaced by the start of its text.
    pub fn new(cause: impl Into<BoxError>) -> Self {
        Self(display::cut_error(cause.into()))
    }

    /// Returns the error of a value that never fits into the space that it requested.
    pub(crate) fn growing() -> Self {
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
