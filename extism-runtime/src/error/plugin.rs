use std::fmt;

use extism_codec::__private::{Crossed, within};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{BoxError, Error};

/// An error that crosses from a plug-in to its host, and from host functions to plug-ins, as a value:
/// `#[derive(PluginError)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot cross between plug-in and host as an error",
    label = "does not implement `PluginError`",
    note = "put `#[derive(PluginError)]` on it, next to serde's `Serialize` and `Deserialize`"
)]
pub trait PluginError: fmt::Display + Serialize + DeserializeOwned + Sized {
    /// Returns the code that a plug-in's export returns with it: that of the variant, by default 1.
    fn code(&self) -> i32;

    /// Makes it of an error that does not cross as a value.
    fn from_other(error: Error) -> Self;

    /// Returns the error that does not cross as a value, if it is one.
    ///
    /// # Errors
    ///
    /// Returns the value itself if it crosses.
    fn into_other(self) -> Result<Error, Self>;
}

/// The error that a plug-in's method returned, as a value: JSON that has not been decoded yet.
#[derive(Clone, PartialEq, Eq)]
pub struct ErrorValue {
    json: Vec<u8>,
    /// The most memory that decoding it may take.
    limit: Option<u64>,
}

impl ErrorValue {
    /// The most bytes of an error.
    const MAX_BYTES: usize = 1 << 20;

    /// Returns the value in the output of a failed call, if there is one.
    pub(crate) fn of_output(output: &[u8], limit: Option<u64>) -> Option<Box<Self>> {
        let json = output.strip_prefix(b"{")?.trim_ascii_start();
        let is_value = json.starts_with(br#""extism:error""#) && output.len() <= Self::MAX_BYTES;
        is_value.then(|| Box::new(Self { json: output.to_vec(), limit }))
    }

    /// Decodes it; `None` if it is not such a value.
    fn decode<T: DeserializeOwned>(&self) -> Option<T> {
        #[derive(Deserialize)]
        #[serde(bound = "T: DeserializeOwned")]
        struct Value<T> {
            #[serde(rename = "extism:error")]
            value: T,
        }
        let decoded = within(self.limit, || <crate::Json<Value<T>> as crate::Decode>::decode(&self.json));
        decoded.ok().map(|value| value.0.value)
    }
}

impl fmt::Debug for ErrorValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ErrorValue").field(&crate::display::lossy(&self.json)).finish()
    }
}

impl Error {
    /// Creates an error of the program's own: a text, or another error. An implementation of a
    /// [`#[host_interface]`](macro@crate::host_interface) returns it in the variant of its error for errors of another
    /// kind; it ends the plug-in's call.
    pub fn other(cause: impl Into<BoxError>) -> Self {
        Self::Other(crate::display::cut_error(cause.into()))
    }

    /// Returns the value of the error that the plug-in's method returned, if the plug-in sent one (see
    /// [`PluginError`](trait@crate::PluginError)) and it is a `T`.
    #[must_use]
    pub fn value<T: DeserializeOwned>(&self) -> Option<T> {
        match self {
            Self::Guest { value: Some(value), .. } => value.decode(),
            _ => None,
        }
    }
}

/// The code of an error that does not cross as a value.
#[must_use]
pub fn code_of(error: &Error) -> i32 {
    match error {
        Error::Guest { code, .. } if *code != 0 => *code,
        _ => 1,
    }
}

/// The error of a failed call: the value that the plug-in's method returned, or one of another kind.
#[must_use]
pub fn error_of<E: PluginError>(error: Error) -> E {
    error.value().unwrap_or_else(|| E::from_other(error))
}

/// The result of a host function as a value. An error of another kind ends the plug-in's call.
///
/// # Errors
///
/// Returns the error of another kind.
pub fn crossing<T, E: PluginError>(result: Result<T, E>) -> Result<Crossed<T, E>, BoxError> {
    match result.map_err(E::into_other) {
        Ok(value) => Ok(Crossed(Ok(value))),
        Err(Err(error)) => Ok(Crossed(Err(error))),
        Err(Ok(other)) => Err(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorValue;

    fn of(output: &str) -> Option<u32> {
        ErrorValue::of_output(output.as_bytes(), None)?.decode()
    }

    #[test]
    fn the_value_of_an_error_is_found_in_the_output_and_nowhere_else() {
        assert_eq!(of(r#"{"extism:error":7}"#), Some(7));
        assert_eq!(of(r#"{ "extism:error": 7, "more": 1 }"#), Some(7));
        for other in
            ["", "7", "{}", r#"{"error":7}"#, r#"{"extism:error":"x"}"#, r#"{"extism:error":7"#, "{\"extism:error"]
        {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn the_value_of_an_error_is_bounded() {
        let long = format!(r#"{{"extism:error":{}7}}"#, " ".repeat(1 << 20));
        assert_eq!(of(&long), None);
        let nested = format!(r#"{{"extism:error":{}}}"#, "[".repeat(100_000));
        assert_eq!(of(&nested), None);
        let many = format!(r#"{{"extism:error":[{}0]}}"#, "0,".repeat(100_000));
        let value = ErrorValue::of_output(many.as_bytes(), Some(1000)).expect("a value");
        assert_eq!(value.decode::<serde_json::Value>(), None);
    }
}
