use std::{any::Any, fmt, sync::Arc};

use super::{
    super::{CurrentPlugin, HostFuture, MissingState, State, States},
    HostArgument, HostOutput, WasmArguments,
};
use crate::{error::BoxError, value::Val};

/// A host function whose arguments are bound; `S` is the value that it shares with others.
pub enum Call<S> {
    /// A function that returns its result.
    Plain(PlainCall<S>),
    /// A function that returns a future.
    Async(AsyncCall<S>),
}

/// See [`Call`].
pub type PlainCall<S> =
    Box<dyn Fn(&S, &mut CurrentPlugin<'_>, &mut WasmArguments<'_>, &mut [Val]) -> Result<(), BoxError> + Send + Sync>;

/// See [`Call`].
pub type AsyncCall<S> = Box<
    dyn for<'a> Fn(&'a S, &'a mut CurrentPlugin<'_>, WasmArguments<'a>, &'a mut [Val]) -> HostFuture<'a> + Send + Sync,
>;

impl<S> fmt::Debug for Call<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "Plain",
            Self::Async(_) => "Async",
        })
    }
}

/// Binds a host function's arguments to the builder's states, recording all that are missing.
#[derive(Debug)]
pub struct Binder<'s> {
    states: &'s States,
    missing: Vec<MissingState>,
}

/// The properties of an argument that are known before the first call: its state, if it is one.
///
/// It does not name the argument's type, so that a missing trait is reported once for that type, and not
/// again for the types derived from it.
#[derive(Clone, Debug)]
pub struct Bound(Option<Arc<dyn Any + Send + Sync>>);

impl Bound {
    /// For arguments that come with the call.
    pub(super) const fn nothing() -> Self {
        Self(None)
    }

    /// For a state: an `Arc<T>`.
    pub(super) const fn of(state: Arc<dyn Any + Send + Sync>) -> Self {
        Self(Some(state))
    }

    #[inline]
    pub(super) fn state<T: Send + Sync + ?Sized + 'static>(&self) -> Option<State<T>> {
        Some(Arc::clone(self.0.as_ref()?.downcast_ref::<Arc<T>>()?).into())
    }
}

impl<'s> Binder<'s> {
    pub(super) fn new(states: &'s States) -> Self {
        Self { states, missing: Vec::new() }
    }

    /// Returns the function that runs at a call, if no state is missing.
    ///
    /// # Errors
    ///
    /// Returns the states that were never set.
    pub fn call<S, F>(self, call: F) -> Result<Call<S>, Vec<MissingState>>
    where
        F: Fn(&S, &mut CurrentPlugin<'_>, &mut WasmArguments<'_>, &mut [Val]) -> Result<(), BoxError>
            + Send
            + Sync
            + 'static,
    {
        self.finish(Call::Plain(Box::new(call)))
    }

    /// Returns the function that runs at a call of an async function, if no state is missing. Its future may
    /// borrow from all arguments, and reads them itself, so that they may borrow from the plug-in across its waits.
    ///
    /// # Errors
    ///
    /// Returns the states that were never set.
    pub fn call_async<S, F>(self, call: F) -> Result<Call<S>, Vec<MissingState>>
    where
        F: for<'a> Fn(&'a S, &'a mut CurrentPlugin<'_>, WasmArguments<'a>, &'a mut [Val]) -> HostFuture<'a>
            + Send
            + Sync
            + 'static,
    {
        self.finish(Call::Async(Box::new(call)))
    }

    fn finish<S>(self, call: Call<S>) -> Result<Call<S>, Vec<MissingState>> {
        if self.missing.is_empty() { Ok(call) } else { Err(self.missing) }
    }
}

/// Returns the properties of an argument that are known before the first call; nothing if it is missing,
/// which the binder records.
pub fn bind<'p, 'c, T: HostArgument<'p, 'c>>(binder: &mut Binder<'_>) -> Bound {
    T::bind(binder.states).unwrap_or_else(|missing| {
        binder.missing.push(missing);
        Bound::nothing()
    })
}

/// Returns the argument `name` of a call.
///
/// # Errors
///
/// Returns an error if the plug-in passed bytes that cannot be decoded, or a handle that is not that of a block.
#[inline]
pub fn read_argument<'p, 'c, T: HostArgument<'p, 'c>>(
    bound: &Bound,
    name: &'static str,
    plugin: &'p CurrentPlugin<'c>,
    arguments: &mut WasmArguments<'_>,
) -> Result<T, BoxError> {
    T::read_argument(bound, plugin, arguments).map_err(|source| ArgumentError { name, source }.into())
}

/// Reads an argument beside `&mut CurrentPlugin`: what `read_argument` returns cannot borrow from the plug-in.
///
/// # Errors
///
/// The same as for `read_argument`.
#[inline]
pub fn owned<'c, T>(
    plugin: &CurrentPlugin<'c>,
    take: impl FnOnce(&CurrentPlugin<'c>) -> Result<T, BoxError>,
) -> Result<T, BoxError> {
    take(plugin)
}

/// A `&mut` argument of a [`#[host_fn]`](macro@crate::host_fn) function: only [`CurrentPlugin`].
///
/// Compiler errors name it; its items change without notice.
#[diagnostic::on_unimplemented(
    message = "a host function cannot take an argument of type `&mut {Self}`",
    label = "the only `&mut` argument is `&mut CurrentPlugin`",
    note = "to receive a value from the plug-in, take it by value or by `&`; to use a value of the host, take `State<T>`, with a `Mutex` in `T` for what changes"
)]
pub trait ExclusiveArgument<'c> {
    /// The type that the argument refers to.
    #[doc(hidden)]
    fn of_plugin<'p>(plugin: &'p mut CurrentPlugin<'c>) -> &'p mut Self;
}

impl<'c> ExclusiveArgument<'c> for CurrentPlugin<'c> {
    #[inline]
    fn of_plugin<'p>(plugin: &'p mut CurrentPlugin<'c>) -> &'p mut Self {
        plugin
    }
}

/// Passes a host function's result to the plug-in.
///
/// # Errors
///
/// Returns an error if the result is itself an error, cannot be encoded, or does not fit in the plug-in's memory.
#[inline]
pub fn write_result<T: HostOutput>(
    result: T,
    plugin: &mut CurrentPlugin<'_>,
    results: &mut [Val],
) -> Result<(), BoxError> {
    result.write_result(plugin, results)
}

/// An argument that the plug-in passed cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("argument `{name}`: {source}")]
struct ArgumentError {
    /// The argument's name in the host function.
    name: &'static str,
    /// The error of the codec or the memory.
    source: BoxError,
}
