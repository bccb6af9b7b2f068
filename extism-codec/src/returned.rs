//! What a function returns: a value, or a `Result` with one. The type decides, under whatever alias it is written.
//!
//! These traits are here because only the crate of [`Encode`] and [`Decode`] can tell that a `Result` is neither.

use std::convert::Infallible;

use crate::{Decode, Encode};

/// What is received from a plug-in; a failed call is an `F`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be received from a plug-in",
    label = "no codec decodes this type",
    note = "wrap it in a codec such as `Json<{Self}>`, or put `#[derive(Decode)] #[codec(Json)]` on the type",
    note = "if it is an alias of `Result`, its `Ok` type needs a codec, and its error type has to implement `From<extism_runtime::Error>`"
)]
pub trait Received<'p, F>: Sized {
    /// The value that the plug-in returns.
    type Value: Decode<'p>;

    /// Where the result of a call ends: the type itself if it is a `Result`.
    type Output;

    /// Converts the result of a call.
    fn output(result: Result<Self::Value, F>) -> Self::Output;

    /// Converts the result of a call, unless it has an error for which the type has no place.
    ///
    /// # Errors
    ///
    /// Returns the error if the type is not a `Result`.
    fn value(result: Result<Self::Value, F>) -> Result<Self, F>;

    /// Converts what a default body returned.
    fn of_body(self) -> Self::Output;
}

#[diagnostic::do_not_recommend]
impl<'p, T: Decode<'p>, F> Received<'p, F> for T {
    type Value = T;
    type Output = Result<T, F>;

    #[inline]
    fn output(result: Result<T, F>) -> Result<T, F> {
        result
    }

    #[inline]
    fn value(result: Result<T, F>) -> Result<T, F> {
        result
    }

    #[inline]
    fn of_body(self) -> Result<T, F> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<'p, T: Decode<'p>, E: From<F>, F> Received<'p, F> for Result<T, E> {
    type Value = T;
    type Output = Self;

    #[inline]
    fn output(result: Result<T, F>) -> Self {
        result.map_err(E::from)
    }

    #[inline]
    fn value(result: Result<T, F>) -> Result<Self, F> {
        Ok(result.map_err(E::from))
    }

    #[inline]
    fn of_body(self) -> Self {
        self
    }
}

/// Like [`Received`], without borrowing from the plug-in.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be received from a plug-in",
    label = "no codec decodes this type",
    note = "wrap it in a codec such as `Json<{Self}>`, or put `#[derive(Decode)] #[codec(Json)]` on the type",
    note = "if it is an alias of `Result`, its `Ok` type needs a codec, and its error type has to implement `From<extism_runtime::Error>`"
)]
pub trait ReceivedOwned<F>: Sized {
    /// The value that the plug-in returns.
    type Value: for<'p> Decode<'p>;

    /// Where the result of a call ends: the type itself if it is a `Result`.
    type Output;

    /// Converts the result of a call.
    fn output(result: Result<Self::Value, F>) -> Self::Output;

    /// Converts the result of a call, unless it has an error for which the type has no place.
    ///
    /// # Errors
    ///
    /// Returns the error if the type is not a `Result`.
    fn value(result: Result<Self::Value, F>) -> Result<Self, F>;

    /// Converts what a default body returned.
    fn of_body(self) -> Self::Output;
}

#[diagnostic::do_not_recommend]
impl<T: for<'p> Decode<'p>, F> ReceivedOwned<F> for T {
    type Value = T;
    type Output = Result<T, F>;

    #[inline]
    fn output(result: Result<T, F>) -> Result<T, F> {
        result
    }

    #[inline]
    fn value(result: Result<T, F>) -> Result<T, F> {
        result
    }

    #[inline]
    fn of_body(self) -> Result<T, F> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: for<'p> Decode<'p>, E: From<F>, F> ReceivedOwned<F> for Result<T, E> {
    type Value = T;
    type Output = Self;

    #[inline]
    fn output(result: Result<T, F>) -> Self {
        result.map_err(E::from)
    }

    #[inline]
    fn value(result: Result<T, F>) -> Result<Self, F> {
        Ok(result.map_err(E::from))
    }

    #[inline]
    fn of_body(self) -> Self {
        self
    }
}

/// What a plug-in's function answers.
#[diagnostic::on_unimplemented(
    message = "a plug-in's function cannot return `{Self}`",
    label = "no codec encodes this type",
    note = "wrap it in a codec such as `Json<{Self}>`, or put `#[derive(Encode)] #[codec(Json)]` on the type"
)]
pub trait Answer {
    /// The value that becomes the output.
    type Value: Encode;

    /// Why there is none.
    type Error;

    /// Separates the two.
    ///
    /// # Errors
    ///
    /// Returns the error that it is.
    fn answer(self) -> Result<Self::Value, Self::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Encode> Answer for T {
    type Value = T;
    type Error = Infallible;

    #[inline]
    fn answer(self) -> Result<T, Infallible> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Encode, E> Answer for Result<T, E> {
    type Value = T;
    type Error = E;

    #[inline]
    fn answer(self) -> Self {
        self
    }
}
