//! The futures of a client's `async` methods.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use super::typed::Returned;
use crate::{Decode, Error, plugin::CallFuture};

/// Converts the output of a future.
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
pub struct ReturnedFuture<'p, R: Returned<'p>>(pub(super) CallFuture<'p, R::Value>);

impl<'p, R: Returned<'p>> Future for ReturnedFuture<'p, R> {
    type Output = R::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R::Output> {
        Pin::new(&mut self.0).poll(context).map(R::from_call)
    }
}

impl<'p, R: Returned<'p>> fmt::Debug for ReturnedFuture<'p, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReturnedFuture").finish_non_exhaustive()
    }
}

/// The future of the call of an export that may be missing.
pub struct OptionalFuture<'p, O>(pub(super) Option<CallFuture<'p, O>>);

impl<'p, O: Decode<'p>> Future for OptionalFuture<'p, O> {
    type Output = Result<Option<O>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Some(call) => Pin::new(call).poll(context).map_ok(Some),
            None => Poll::Ready(Ok(None)),
        }
    }
}

impl<O> fmt::Debug for OptionalFuture<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OptionalFuture").finish_non_exhaustive()
    }
}
