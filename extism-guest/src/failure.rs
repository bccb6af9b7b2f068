//! How a call fails: Extism's error is a text and a code; an error that crosses as a value is in the output too.

use std::{convert::Infallible, fmt};

use extism_codec::CodecError;
use serde::Serialize;

use crate::{Error, PluginError, block::Block, env};

/// A failed call.
#[derive(Debug)]
pub struct Failure {
    text: String,
    code: i32,
    /// The output: the error as a value.
    value: Option<Vec<u8>>,
}

impl Failure {
    fn new(text: &dyn fmt::Display) -> Self {
        Self { text: text.to_string(), code: 1, value: None }
    }

    /// The failure of a call with an input that is not what it should be.
    #[cold]
    pub(crate) fn of_input(error: &CodecError) -> Self {
        Self::new(&format_args!("the input cannot be decoded: {error}"))
    }

    #[cold]
    pub(crate) fn of_output(error: &CodecError) -> Self {
        Self::new(&format_args!("the output cannot be encoded: {error}"))
    }

    /// Tells the host, and returns what the export returns.
    #[cold]
    pub(crate) fn tell(&self) -> i32 {
        if let Some(value) = &self.value {
            // Without memory for it, the host gets the code and the text.
            if let Some(block) = Block::try_of(value) {
                env::output_set(block.offset, block.length);
            }
        }
        tell(&self.text);
        self.code
    }
}

/// Sets Extism's error. An empty text would be no error.
#[cold]
pub(crate) fn tell(text: &str) {
    let text = if text.is_empty() { "failed without a message" } else { text };
    // Without memory for it, the call fails without a text. A panic would end in here again.
    if let Some(block) = Block::try_of(text.as_bytes()) {
        env::error_set(block.offset);
    }
}

impl From<Error> for Failure {
    #[cold]
    fn from(error: Error) -> Self {
        Self { code: error.code(), ..Self::new(&error) }
    }
}

/// What a method failed with. Its methods are found by what the error is: [`FailureOfText`] is for all that implement
/// `Display`, and the inherent ones take precedence.
#[derive(Debug)]
pub struct Failed<E>(pub E);

/// The form in which an error crosses as a value: `{"extism:error":VALUE}`.
#[derive(Serialize)]
struct ErrorValue<'e, E> {
    #[serde(rename = "extism:error")]
    value: &'e E,
}

impl<E: PluginError> Failed<E> {
    /// Returns the failure with the value.
    #[cold]
    #[must_use]
    pub fn failure(self) -> Failure {
        let error = match self.0.into_other() {
            Ok(other) => return other.into(),
            Err(error) => error,
        };
        let value = extism_codec::to_vec(&extism_codec::Json(ErrorValue { value: &error })).ok();
        Failure { code: error.code(), value, ..Failure::new(&error) }
    }
}

impl Failed<Error> {
    /// Returns the failure with the error's code.
    #[cold]
    #[must_use]
    pub fn failure(self) -> Failure {
        self.0.into()
    }
}

impl Failed<Infallible> {
    /// Returns nothing.
    #[must_use]
    pub fn failure(self) -> Failure {
        match self.0 {}
    }
}

/// Any other error.
pub trait FailureOfText {
    /// Returns the failure with the error's text.
    fn failure(self) -> Failure;
}

impl<E: fmt::Display> FailureOfText for Failed<E> {
    #[cold]
    fn failure(self) -> Failure {
        Failure::new(&self.0)
    }
}
