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
