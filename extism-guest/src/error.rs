use std::{error::Error as StdError, fmt};

use extism_codec::CodecError;

type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// Why a plug-in's function failed: a text for people, and a code.
///
/// A shared crate that names `extism_runtime::Error` means the runtime's error on the host, and this one in the plug-in.
/// A method that returns `Result<T, Error>` fails with the text as Extism's error, and returns the code, which is 1
/// unless [`with_code`](Self::with_code) sets another.
///
/// ```
/// use extism_guest::Error;
///
/// fn parse(text: &str) -> Result<u32, Error> {
///     text.parse().map_err(|error| Error::other(error).with_code(2))
/// }
/// assert_eq!(parse("x").unwrap_err().to_string(), "invalid digit found in string");
/// ```
#[derive(Debug)]
pub struct Error {
    cause: BoxError,
    code: i32,
}

impl Error {
    /// Creates an error with this cause: a text, or another error.
    pub fn other(cause: impl Into<BoxError>) -> Self {
        Self { cause: cause.into(), code: 1 }
    }

    /// Sets the code that the export returns. 0 means success in Extism, and becomes 1.
    #[must_use]
    pub fn with_code(self, code: i32) -> Self {
        Self { code: if code == 0 { 1 } else { code }, ..self }
    }

    /// Returns the code that the export returns.
    #[must_use]
    pub fn code(&self) -> i32 {
        self.code
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.source()
    }
}

macro_rules! from {
    ($($ty:ty),*) => {$(
        impl From<$ty> for Error {
            fn from(cause: $ty) -> Self {
                Self::other(cause)
            }
        }
    )*};
}

from!(&str, String, BoxError, CodecError, serde_json::Error, std::str::Utf8Error, std::string::FromUtf8Error);

/// An error that crosses from the plug-in to its host, and from host functions to the plug-in, as a value:
/// `#[derive(PluginError)]` implements it.
///
/// The host gets the same value in the client's `Result`. A host that does not know the type gets its text, and the code
/// of its variant.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot cross between plug-in and host as an error",
    label = "does not implement `PluginError`",
    note = "put `#[derive(PluginError)]` on it, next to serde's `Serialize` and `Deserialize`"
)]
pub trait PluginError: fmt::Display + serde::Serialize + serde::de::DeserializeOwned + Sized {
    /// Returns the code that the export returns: that of the variant, by default 1.
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

/// The code of an error that does not cross as a value.
#[must_use]
pub fn code_of(error: &Error) -> i32 {
    error.code()
}

/// The error that a plug-in's method returns for one of another kind.
pub fn error_of<E: PluginError>(error: Error) -> E {
    E::from_other(error)
}
