use extism_codec::__private::ReceivedOwned;

use super::{
    call::value_or_panic,
    future::{Converted, SharedReturnedFuture},
    shared::SharedPlugin,
};
use crate::{Decode, Encode, Error, plugin::export::RawExport};

/// The return type of a method that takes `&self`: an owned value that can be decoded, or a `Result` with one.
///
/// The type decides whether an alias such as `AppResult<String>` is a `Result`, as with
/// [`Returned`](super::typed::Returned).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be received from a plug-in",
    label = "no codec decodes this type",
    note = "wrap it in a codec such as `Json<{Self}>`, or put `#[derive(Decode)] #[codec(Json)]` on the type",
    note = "if it is an alias of `Result`, its `Ok` type needs a codec, and its error type has to implement `From<extism_runtime::Error>`"
)]
pub trait SharedReturned: Sized {
    /// The value that the plug-in returns.
    type Value: for<'p> Decode<'p>;

    /// The return type of the client's method; see [`SharedReturns`].
    type Output;

    /// Converts the result of a call.
    fn from_call(result: Result<Self::Value, Error>) -> Self::Output;

    /// Converts the result of the trait's default body, used if the plug-in lacks the export.
    fn wrap(self) -> Self::Output;

    /// Converts the result of a call, with `on_error = "panic"`.
    ///
    /// # Panics
    ///
    /// Panics with the error's text if the call failed and there is no `Result` to return the error in.
    #[track_caller]
    fn or_panic(result: Result<Self::Value, Error>) -> Self;

    /// Calls an export of an instance.
    #[inline]
    fn call<I: Encode>(plugin: &SharedPlugin, export: RawExport, input: I) -> Self::Output {
        Self::from_call(plugin.call(export, input))
    }

    /// Calls an export of an instance, with `on_error = "panic"`.
    ///
    /// # Panics
    ///
    /// Panics with the error's text if the call fails and the type is not a `Result`.
    #[inline]
    #[track_caller]
    fn call_or_panic<I: Encode>(plugin: &SharedPlugin, export: RawExport, input: I) -> Self {
        Self::or_panic(plugin.call(export, input))
    }

    /// Calls an export of an instance, asynchronously. The input is encoded before this returns.
    fn call_async<I: Encode>(plugin: &SharedPlugin, export: RawExport, input: I) -> SharedReturnedFuture<Self> {
        Converted::new(plugin.call_async(export, input))
    }
}

/// The return type of a client's method if the trait's method takes `&self` and returns `R`: `R` itself if it is a
/// `Result` (also under an alias), otherwise `Result<R, Error>`.
pub type SharedReturns<R> = <R as SharedReturned>::Output;

#[diagnostic::do_not_recommend]
impl<T: ReceivedOwned<Error>> SharedReturned for T {
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
        value_or_panic(T::value(result))
    }
}

/// A return type that the trait and its shared client have in common because it is a `Result`. The lifetime has no
/// meaning; because of it, the bound of an implementation is checked where the implementation is used.
#[diagnostic::on_unimplemented(
    message = "the client returns a `Result` where the trait returns `{Self}`",
    label = "not a `Result`"
)]
pub trait SameForSharedClient<'p>: SharedReturned {
    /// Converts the return value of the client's method to the trait's.
    fn same(output: Self::Output) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: for<'p> Decode<'p>, E: From<Error>> SameForSharedClient<'_> for Result<T, E> {
    #[inline]
    fn same(output: Self) -> Self {
        output
    }
}
