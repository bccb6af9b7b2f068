use std::vec;

use super::PluginInterface;
use crate::{Decode, Encode, Error, InterfaceError, Plugin, plugin::RawExport};

/// An interface's exports as found in a plug-in, handed out in the order of the interface's methods.
#[derive(Debug)]
pub struct Exports {
    found: vec::IntoIter<Option<RawExport>>,
}

impl Exports {
    /// Finds all the exports.
    ///
    /// # Errors
    ///
    /// When some are missing or can't be called: all of them.
    pub fn resolve<P: PluginInterface>(plugin: &Plugin) -> Result<Self, Error> {
        let interface = P::interface();
        Ok(Self { found: plugin.resolve(&interface.name, &interface.wanted())?.into_iter() })
    }

    /// The next method's export, which has to be there.
    ///
    /// # Errors
    ///
    /// When it isn't, which `resolve` has excluded.
    pub fn required(&mut self, plugin: &Plugin) -> Result<RawExport, Error> {
        self.optional().ok_or_else(|| {
            InterfaceError { plugin: plugin.name().to_owned(), interface: None, mismatches: Vec::new() }.into()
        })
    }

    /// The next method's export, if it is there.
    pub fn optional(&mut self) -> Option<RawExport> {
        self.found.next().flatten()
    }
}

/// Calls an export.
///
/// # Errors
///
/// When the input can't be encoded, the plug-in fails or exceeds a limit, or the output can't be decoded.
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

/// The error type of a method that returns its own `Result`.
#[diagnostic::on_unimplemented(
    message = "the error type `{Self}` can't be made of `extism_runtime::Error`",
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

/// A failed call, as the method's own error type.
#[must_use]
pub fn error<E: MethodError>(error: Error) -> E {
    E::from_error(error)
}

/// What `on_error = "panic"` does of a result.
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

/// What a method returns whose return type is called `Result` but doesn't show what is in it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is taken for a `Result`, but is none",
    label = "not the standard library's `Result`",
    note = "a method whose return type is called `Result` returns the failure of the call in it; call a type of your own by another name, such as `use self::Result as Reply`, or put it into a codec, such as `Json<Result>`"
)]
pub trait Outcome<T> {
    /// What a call came to.
    fn of(result: Result<T, Error>) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, E: MethodError> Outcome<T> for Result<T, E> {
    #[inline]
    fn of(result: Result<T, Error>) -> Self {
        result.map_err(E::from_error)
    }
}

/// What a call came to, as the method's own `Result`.
///
/// # Errors
///
/// Those of the call.
#[inline]
pub fn outcome<R: Outcome<T>, T>(result: Result<T, Error>) -> R {
    R::of(result)
}
