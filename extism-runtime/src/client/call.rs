use super::future::OptionalFuture;
use crate::{
    Decode, Encode, Error, Plugin,
    plugin::{CallFuture, export::RawExport},
};

/// Calls an export by its handle; this is what a client's methods do.
///
/// # Errors
///
/// Returns an error if the input cannot be encoded, the call fails or exceeds a limit, or the output cannot be decoded.
#[inline]
pub fn call<'p, I: Encode, O: Decode<'p>>(plugin: &'p mut Plugin, export: RawExport, input: I) -> Result<O, Error> {
    plugin.call_raw(export, input)
}

/// Calls an export that may be missing; returns `None` if it is.
///
/// # Errors
///
/// Returns the same errors as [`call`].
#[inline]
pub fn call_optional<'p, I: Encode, O: Decode<'p>>(
    plugin: &'p mut Plugin,
    export: Option<RawExport>,
    input: I,
) -> Result<Option<O>, Error> {
    export.map(|export| call(plugin, export, input)).transpose()
}

/// Calls an export by its handle, as a client's `async` methods do. The input is encoded before this returns.
#[inline]
pub fn call_async<'p, I: Encode, O: Decode<'p>>(
    plugin: &'p mut Plugin,
    export: RawExport,
    input: I,
) -> CallFuture<'p, O> {
    plugin.call_raw_async(export, input)
}

/// Calls an export that may be missing, as a client's `async` methods do; the future returns `None` if it is.
#[inline]
pub fn call_optional_async<'p, I: Encode, O: Decode<'p>>(
    plugin: &'p mut Plugin,
    export: Option<RawExport>,
    input: I,
) -> OptionalFuture<CallFuture<'p, O>> {
    OptionalFuture(export.map(|export| call_async(plugin, export, input)))
}

/// Unwraps a result for `on_error = "panic"`.
///
/// # Panics
///
/// Panics with the error's text.
#[inline]
#[track_caller]
pub fn value_or_panic<T>(result: Result<T, Error>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

/// Converts the result of an optional export, if the plug-in has it.
///
/// # Errors
///
/// Returns the call's error.
#[inline]
pub fn map_present<T, U>(result: Result<Option<T>, Error>, convert: impl FnOnce(T) -> U) -> Result<Option<U>, Error> {
    result.map(|value| value.map(convert))
}

/// Makes no difference between an export that is missing and one that returns `None`.
///
/// # Errors
///
/// Returns the call's error.
#[inline]
pub fn flatten<T>(result: Result<Option<Option<T>>, Error>) -> Result<Option<T>, Error> {
    result.map(Option::flatten)
}
