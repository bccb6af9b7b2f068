//! The futures of a client's `async` methods.

use std::{
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use super::typed::Returned;
use crate::Error;

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
pub struct ReturnedFuture<'p, F, R> {
    call: F,
    returned: PhantomData<fn(&'p ()) -> R>,
}

impl<F, R> ReturnedFuture<'_, F, R> {
    pub(super) fn new(call: F) -> Self {
        Self { call, returned: PhantomData }
    }
}

impl<'p, F, R> Future for ReturnedFuture<'p, F, R>
where
    F: Future<Output = Result<R::Value, Error>> + Unpin,
    R: Returned<'p>,
{
    type Output = R::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R::Output> {
        Pin::new(&mut self.call).poll(context).map(R::from_call)
    }
}

impl<F: fmt::Debug, R> fmt::Debug for ReturnedFuture<'_, F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReturnedFuture").field(&self.call).finish()
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
