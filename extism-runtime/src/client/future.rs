//! The futures of a client's `async` methods.

use std::{
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use super::typed::{Returned, SharedReturned};
use crate::{Error, plugin::CallFuture, pool::SharedFuture};

/// Converts the output of a future.
#[allow(clippy::manual_async_fn, reason = "the future is declared to be `Send`, whatever it converts")]
pub fn then<F, C, T>(future: F, convert: C) -> impl Future<Output = T> + Send
where
    F: Future + Send,
    C: FnOnce(F::Output) -> T + Send,
{
    async move { convert(future.await) }
}

/// One of two futures: the call of an export, or, if the plug-in lacks it, the default body.
#[derive(Clone, Copy, Debug)]
pub enum Either<A, B> {
    /// The call.
    Left(A),
    /// The default body.
    Right(B),
}

/// Waits for one of two futures.
#[allow(clippy::manual_async_fn, reason = "the future is declared to be `Send`, whatever it converts")]
pub fn either<A, B, T>(future: Either<A, B>) -> impl Future<Output = T> + Send
where
    A: Future<Output = T> + Send,
    B: Future<Output = T> + Send,
{
    async move {
        match future {
            Either::Left(future) => future.await,
            Either::Right(future) => future.await,
        }
    }
}

/// The future of a call whose method's return type decides what it returns; see [`Returned`].
pub type ReturnedFuture<'p, R> = Converted<CallFuture<'p, <R as Returned<'p>>::Value>, R>;

/// The future of a shared client's call whose method's return type decides what it returns; see [`SharedReturned`].
pub type SharedReturnedFuture<R> = Converted<SharedFuture<<R as SharedReturned>::Value>, R>;

/// A call with its result converted for a method that returns `R`.
pub struct Converted<F, R> {
    call: F,
    returned: PhantomData<fn() -> R>,
}

impl<F, R> Converted<F, R> {
    pub(super) fn new(call: F) -> Self {
        Self { call, returned: PhantomData }
    }
}

impl<'p, R: Returned<'p>> Future for ReturnedFuture<'p, R> {
    type Output = R::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R::Output> {
        Pin::new(&mut self.call).poll(context).map(R::from_call)
    }
}

impl<R: SharedReturned> Future for SharedReturnedFuture<R> {
    type Output = R::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R::Output> {
        Pin::new(&mut self.call).poll(context).map(R::from_call)
    }
}

impl<F: fmt::Debug, R> fmt::Debug for Converted<F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}

/// The future of the call of an export that may be missing.
#[derive(Debug)]
pub struct OptionalFuture<F>(pub(super) Option<F>);

impl<F: Future<Output = Result<O, Error>> + Unpin, O> Future for OptionalFuture<F> {
    type Output = Result<Option<O>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Some(call) => Pin::new(call).poll(context).map_ok(Some),
            None => Poll::Ready(Ok(None)),
        }
    }
}
