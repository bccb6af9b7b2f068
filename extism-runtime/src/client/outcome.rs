//! What a method returns, as its return type says.

use crate::{Decode, Encode, Error, Plugin, plugin::RawExport};

/// The error type of a method that returns a `Result` of its own: any type that is `From<Error>`.
#[diagnostic::on_unimplemented(
    message = "the error type `{Self}` cannot be made from `extism_runtime::Error`",
    label = "doesn't implement `From<extism_runtime::Error>`",
    note = "a call can fail, and the method returns that failure as its own error type: implement `From<extism_runtime::Error>` for `{Self}`, or return `Result<_, extism_runtime::Error>`"
)]
pub trait MethodError {
    /// The error that stands for a failed call.
    fn from_error(error: Error) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<Error>> MethodError for E {
    fn from_error(error: Error) -> Self {
        error.into()
    }
}

/// A `Result`, by whatever alias it is written.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is taken for a `Result`, but it is another type",
    label = "not the standard library's `Result`",
    note = "a method whose return type is called `Result` returns the failure of the call in it; call a type of your own by another name, such as `use self::Result as Reply`, or put it into a codec, such as `Json<Result>`"
)]
pub trait Outcome<T> {
    /// What a call came to.
    fn of(result: Result<T, Error>) -> Self;
}

impl<T, E: MethodError> Outcome<T> for Result<T, E> {
    #[inline]
    fn of(result: Result<T, Error>) -> Self {
        result.map_err(E::from_error)
    }
}

/// A method's return type: a value that can be decoded, or a `Result` of one.
///
/// `#[plugin_interface]` cannot see behind a name such as `AppResult<String>`; the type decides by this trait.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be received from a plug-in",
    label = "has no codec that makes it of bytes",
    note = "wrap it in a codec such as `Json<{Self}>`, or put `#[derive(Decode)] #[codec(Json)]` on the type",
    note = "if it is an alias of `Result`, its `Ok` type needs a codec, and its error type `From<extism_runtime::Error>`"
)]
pub trait Returned<'p>: Sized {
    /// What the plug-in gives.
    type Value: Decode<'p>;

    /// What the client's method returns; see [`Returns`].
    type Output;

    /// What a call came to.
    fn outcome(result: Result<Self::Value, Error>) -> Self::Output;

    /// Calls an export whose handle is at hand.
    #[inline]
    fn call<I: Encode>(plugin: &'p mut Plugin, export: RawExport, input: I) -> Self::Output {
        Self::outcome(super::typed::call(plugin, export, input))
    }

    /// As [`call`](Self::call), with `on_error = "panic"`.
    ///
    /// # Panics
    ///
    /// When the call fails and the type is not a `Result`: with the error's text.
    #[inline]
    #[track_caller]
    fn call_or_panic<I: Encode>(plugin: &'p mut Plugin, export: RawExport, input: I) -> Self {
        Self::or_panic(super::typed::call(plugin, export, input))
    }

    /// What the trait's own body returned, where the plug-in lacks the export.
    fn wrap(self) -> Self::Output;

    /// What a call came to, with `on_error = "panic"`.
    ///
    /// # Panics
    ///
    /// When the call failed and there is no `Result` to return that in: with the error's text.
    #[track_caller]
    fn or_panic(result: Result<Self::Value, Error>) -> Self;
}

/// What a client's method returns where the trait's returns `R`: `R` itself if it is a `Result`, by whatever alias;
/// else `Result<R, Error>`.
pub type Returns<'p, R> = <R as Returned<'p>>::Output;

impl<'p, T: Decode<'p>> Returned<'p> for T {
    type Value = T;
    type Output = Result<T, Error>;

    #[inline]
    fn outcome(result: Result<T, Error>) -> Result<T, Error> {
        result
    }

    fn wrap(self) -> Result<T, Error> {
        Ok(self)
    }

    #[inline]
    #[track_caller]
    fn or_panic(result: Result<T, Error>) -> T {
        super::unwrap(result)
    }
}

impl<'p, T: Decode<'p>, E: From<Error>> Returned<'p> for Result<T, E> {
    type Value = T;
    type Output = Self;

    #[inline]
    fn outcome(result: Result<T, Error>) -> Self {
        result.map_err(E::from)
    }

    fn wrap(self) -> Self {
        self
    }

    #[inline]
    fn or_panic(result: Result<T, Error>) -> Self {
        Self::outcome(result)
    }
}

/// A return type that the trait and its client share, since it is a `Result`.
#[diagnostic::on_unimplemented(
    message = "the client returns a `Result` where the trait returns `{Self}`",
    label = "not a `Result`"
)]
pub trait SameForClient<'p>: Returned<'p> {
    /// What the client's method returned, as the trait's.
    fn same(output: Self::Output) -> Self;
}

#[diagnostic::do_not_recommend]
impl<'p, T: Decode<'p>, E: From<Error>> SameForClient<'p> for Result<T, E> {
    #[inline]
    fn same(output: Self) -> Self {
        output
    }
}
