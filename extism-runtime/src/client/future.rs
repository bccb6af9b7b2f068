//! The futures of a client's `async` methods.

use std::{
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use super::typed::Returned;
use crate::{Decode, Encode, Error, Plugin, plugin::RawExport};

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

/// STUB until the core's is there.
pub struct CallFuture<'p, O> {
    call: Option<Result<(&'p mut Plugin, RawExport, Vec<u8>), Error>>,
    output: PhantomData<fn() -> O>,
}

impl Plugin {
    #[doc(hidden)]
    pub fn swap_timeout(&mut self, _: Option<std::time::Duration>) -> Option<std::time::Duration> {
        None
    }

    pub(crate) fn call_raw_async<'p, I: Encode, O: Decode<'p>>(
        &'p mut self,
        export: RawExport,
        input: I,
    ) -> CallFuture<'p, O> {
        let mut bytes = vec![0; 1 << 16];
        let mut writer = crate::codec::Writer::new(&mut bytes);
        let call = match input.encode(&mut writer) {
            Ok(()) => {
                let len = writer.len();
                bytes.truncate(len);
                Ok((self, export, bytes))
            }
            Err(error) => panic!("{error}"),
        };
        CallFuture { call: Some(call), output: PhantomData }
    }
}

impl<'p, O: Decode<'p>> Future for CallFuture<'p, O> {
    type Output = Result<O, Error>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        match self.call.take() {
            Some(Ok((plugin, export, input))) => Poll::Ready(plugin.call_raw(export, &input[..])),
            Some(Err(error)) => Poll::Ready(Err(error)),
            None => Poll::Pending,
        }
    }
}
