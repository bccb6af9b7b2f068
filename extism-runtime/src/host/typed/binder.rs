use std::{any::Any, sync::Arc};

use super::{
    super::{CurrentPlugin, MissingState, State, States},
    Arguments, HostArgument, HostOutput,
};
use crate::{error::BoxError, value::Val};

/// A host function whose arguments are bound; `S` is what it shares with others.
pub type Call<S> =
    Box<dyn Fn(&S, &mut CurrentPlugin<'_>, &mut Arguments<'_>, &mut [Val]) -> Result<(), BoxError> + Send + Sync>;

/// Binds a host function's arguments to what the builder was given, noting all that is missing.
#[derive(Debug)]
pub struct Binder<'s> {
    states: &'s States,
    missing: Vec<MissingState>,
}

/// What is known of an argument before the first call: the state that it is, if it is one.
///
/// Without the argument's type, so that what that type lacks is reported once, and not for what is derived of it too.
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

    /// The function that runs at a call, if nothing is missing.
    ///
    /// # Errors
    ///
    /// The states that were never given.
    pub fn call<S, F>(self, call: F) -> Result<Call<S>, Vec<MissingState>>
    where
        F: Fn(&S, &mut CurrentPlugin<'_>, &mut Arguments<'_>, &mut [Val]) -> Result<(), BoxError>
            + Send
            + Sync
            + 'static,
    {
        if self.missing.is_empty() { Ok(Box::new(call)) } else { Err(self.missing) }
    }
}

/// What is known of an argument before the first call; nothing when it is missing, which the binder notes.
pub fn bind<'p, 'c, T: HostArgument<'p, 'c>>(binder: &mut Binder<'_>) -> Bound {
    T::bind(binder.states).unwrap_or_else(|missing| {
        binder.missing.push(missing);
        Bound::nothing()
    })
}

/// The argument `name` of a call.
///
/// # Errors
///
/// When the plug-in passed bytes that are no such value, or a handle of no block.
#[inline]
pub fn take<'p, 'c, T: HostArgument<'p, 'c>>(
    bound: &Bound,
    name: &'static str,
    plugin: &'p CurrentPlugin<'c>,
    arguments: &mut Arguments<'_>,
) -> Result<T, BoxError> {
    T::take(bound, plugin, arguments).map_err(|source| ArgumentError { name, source }.into())
}

/// An argument beside `&mut CurrentPlugin`: what `take` returns can't borrow from the plug-in.
///
/// # Errors
///
/// Those of `take`.
#[inline]
pub fn owned<'c, T>(
    plugin: &CurrentPlugin<'c>,
    take: impl FnOnce(&CurrentPlugin<'c>) -> Result<T, BoxError>,
) -> Result<T, BoxError> {
    take(plugin)
}

/// What a [`#[host_fn]`](macro@crate::host_fn) function can take by `&mut`: [`CurrentPlugin`], nothing else.
///
/// Errors of the compiler name it; its items change without notice.
#[diagnostic::on_unimplemented(
    message = "a host function can't take an argument of type `&mut {Self}`",
    label = "the only `&mut` argument is `&mut CurrentPlugin`",
    note = "to receive a value from the plug-in, take it by value or by `&`; what the host shares with the function is `State<T>`, with a `Mutex` in it if it changes"
)]
pub trait ExclusiveArgument<'c> {
    /// What the argument is a reference to.
    #[doc(hidden)]
    fn of_plugin<'p>(plugin: &'p mut CurrentPlugin<'c>) -> &'p mut Self;
}

impl<'c> ExclusiveArgument<'c> for CurrentPlugin<'c> {
    #[inline]
    fn of_plugin<'p>(plugin: &'p mut CurrentPlugin<'c>) -> &'p mut Self {
        plugin
    }
}

/// Hands a host function's result to the plug-in.
///
/// # Errors
///
/// When it is itself an error, can't be encoded, or finds no room in the plug-in's memory.
#[inline]
pub fn give<T: HostOutput>(result: T, plugin: &mut CurrentPlugin<'_>, results: &mut [Val]) -> Result<(), BoxError> {
    result.give(plugin, results)
}

/// An argument that the plug-in passed can't be read.
#[derive(Debug, thiserror::Error)]
#[error("argument `{name}`: {source}")]
struct ArgumentError {
    /// The argument's name in the host function.
    name: &'static str,
    /// What the codec or the memory said.
    source: BoxError,
}
