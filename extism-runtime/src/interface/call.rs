use super::outcome::{Returned, Returns};
use crate::{Decode, Encode, Error, Plugin, plugin::RawExport};

/// Calls an export whose handle is at hand; what a client's methods do.
///
/// # Errors
///
/// When the input cannot be encoded, the plug-in fails or exceeds a limit, or the output cannot be decoded.
#[inline]
pub fn call<'p, I: Encode, O: Decode<'p>>(plugin: &'p mut Plugin, export: RawExport, input: I) -> Result<O, Error> {
    plugin.call_raw(export, input)
}

/// Calls an export that may be missing, which gives `None`.
///
/// # Errors
///
/// As [`call`].
#[inline]
pub fn call_optional<'p, I: Encode, O: Decode<'p>>(
    plugin: &'p mut Plugin,
    export: Option<RawExport>,
    input: I,
) -> Result<Option<O>, Error> {
    export.map(|export| call(plugin, export, input)).transpose()
}

/// Calls an export for a method whose return type may be an alias of `Result`.
///
/// # Errors
///
/// As [`call`].
#[inline]
pub fn call_returning<'p, I: Encode, R: Returned<'p>>(
    plugin: &'p mut Plugin,
    export: RawExport,
    input: I,
) -> Returns<'p, R> {
    R::outcome(call(plugin, export, input))
}

/// As [`call_returning`], with `on_error = "panic"`.
///
/// # Panics
///
/// When the call fails and `R` is not a `Result`: with the error's text.
#[inline]
#[track_caller]
pub fn call_or_panic<'p, I: Encode, R: Returned<'p>>(plugin: &'p mut Plugin, export: RawExport, input: I) -> R {
    R::or_panic(call(plugin, export, input))
}

/// What `on_error = "panic"` does with a result.
///
/// # Panics
///
/// With the error's text.
#[inline]
#[track_caller]
pub fn unwrap<T>(result: Result<T, Error>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}
