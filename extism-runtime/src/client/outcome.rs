//! Converts a call's result to a method's return type.

use extism_codec::__private::Received;

use super::future::{Converted, ReturnedFuture};
use crate::{Decode, Encode, Error, Plugin, plugin::export::RawExport};

/// The error type of a method that returns a `Result` of its own: any type that is `From<Error>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error type of a plug-in's method",
    label = "does not implement `From<extism_runtime::Error>`",
    note = "the error of a failed call is converted into this type: implement `From<extism_runtime::Error>` for `{Self}`, or return `Result<_, extism_runtime::Error>`"
)]
pub trait MethodError {
    /// Converts the error of a failed call.
    fn from_error(error: Error) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<Error>> MethodError for E {
    fn from_error(error: Error) -> Self {
        error.into()
    }
}

/// A `Result`, under whatever alias it is written.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is named `Result` but is not `core::result::Result`",
    label = "not the standard `Result`",
    note = "a method whose return type is named `Result` reports a failed call in it; import your own type under another name, such as `use self::Result as Reply`, or put it into a codec, such as `Json<Result>`"
)]
pub trait Outcome<T> {
    /// Converts the result of a call.
    fn of(result: Result<T, Error>) -> Self;
}

impl<T, E: MethodError> Outcome<T> for Result<T, E> {
    #[inline]
    fn of(result: Result<T, Error>) -> Self {
        result.map_err(E::from_error)
    }
}

/// A method's return type: a value that can be decoded, or a `Result` with one.
///
/// `#[plugin_interface]` cannot see through an alias such as `AppResult<String>`; this trait lets the type decide.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be received from a plug-in",
    label = "no codec decodes this type",
    note = "wrap it in a codec such as `Json<{Self}>`, or put `#[derive(Decode)] #[codec(Json)]` on the type",
    note = "if it is an alias of `Result`, its `Ok` type needs a codec, and its error type has to implement `From<extism_runtime::Error>`"
)]
pub trait Returned<'p>: Sized {
    /// The value that the plug-in returns.
    type Value: Decode<'p>;

    /// The return type of the client's method; see [`Returns`].
    type Output;

    /// Converts the result of a call.
    fn from_call(result: Result<Self::Value, Error>) -> Self::Output;

    /// Calls an export by its handle.
    #[inline]
    fn call<I: Encode>(plugin: &'p mut Plugin, export: RawExport, input: I) -> Self::Output {
        Self::from_call(super::typed::call(plugin, export, input))
    }

    /// Calls an export by its handle, asynchronously. The input is encoded before this returns.
    #[inline]
    fn call_async<I: Encode>(plugin: &'p mut Plugin, export: RawExport, input: I) -> ReturnedFuture<'p, Self> {
        Converted::new(super::typed::call_async(plugin, export, input))
    }

    /// Calls an export by its handle, with `on_error = "panic"`.
    ///
    /// # Panics
    ///
    /// Panics with the error's text if the call fails and the type is not a `Result`.
    #[inline]
    #[track_caller]
    fn call_or_panic<I: Encode>(plugin: &'p mut Plugin, export: RawExport, input: I) -> Self {
        Self::or_panic(super::typed::call(plugin, export, input))
    }

    /// Converts the result of the trait's default body, used if the plug-in lacks the export.
    fn wrap(self) -> Self::Output;

    /// Converts the result of a call, with `on_error = "panic"`.
    ///
    /// # Panics
    ///
    /// Panics with the error's text if the call failed and there is no `Result` to return the error in.
    #[track_caller]
    fn or_panic(result: Result<Self::Value, Error>) -> Self;
}

/// The return type of a client's method if the trait's method returns `R`: `R` itself if it is a `Result` (also under
/// an alias), otherwise `Result<R, Error>`.
pub type Returns<'p, R> = <R as Returned<'p>>::Output;

#[diagnostic::do_not_recommend]
impl<'p, T: Received<'p, Error>> Returned<'p> for T {
    type Value = T::Value;
    type Output = T::Output;

    #[inline]
    fn from_call(result: Result<Self::Value, Error>) -> Self::Output {
        T::output(result)
    }

    fn wrap(self) -> Self::Output {
        self.of_body()
    }

    #[inline]
    #[track_caller]
    fn or_panic(result: Result<Self::Value, Error>) -> Self {
        super::call::value_or_panic(T::value(result))
    }
}

/// A return type that the trait and its client share because it is a `Result`.
#[diagnostic::on_unimplemented(
    message = "the client returns a `Result` where the trait returns `{Self}`",
    label = "not a `Result`"
)]
pub trait SameForClient<'p>: Returned<'p> {
    /// Converts the return value of the client's method to the trait's.
    fn same(output: Self::Output) -> Self;
}

#[diagnostic::do_not_recommend]
impl<'p, T: Decode<'p>, E: From<Error>> SameForClient<'p> for Result<T, E> {
    #[inline]
    fn same(output: Self) -> Self {
        output
    }
}
