use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use crate::{
    Decode, Error,
    run::{Called, Calling},
};

/// A call of a plug-in that runs as this future is polled: what [`Plugin::call_async`](crate::Plugin::call_async) and
/// [`Export::call_async`](crate::Export::call_async) return.
///
/// It is `Send`, works on every executor, and may move between threads from poll to poll. Dropping it ends the call.
#[must_use = "futures do nothing unless polled"]
pub struct CallFuture<'p, O> {
    state: State<'p>,
    // A function, so that the implementation of `Future` needs no bound `O: Decode<'p>`: with the bound, the
    // compiler could not prove that a future that holds this one in a combinator, with an `O` that borrows, is `Send`.
    decode: fn(Called<'p>) -> Result<O, Error>,
}

enum State<'p> {
    Running(Calling<'p>),
    /// The call could not begin.
    Failed(Error),
    Ended,
}

impl<'p, O> CallFuture<'p, O> {
    #[inline]
    pub(super) fn new(begun: Result<Calling<'p>, Error>) -> Self
    where
        O: Decode<'p>,
    {
        let state = match begun {
            Ok(call) => State::Running(call),
            Err(error) => State::Failed(error),
        };
        Self { state, decode: Called::decode }
    }
}

impl<O> Future for CallFuture<'_, O> {
    type Output = Result<O, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let State::Running(call) = &mut self.state {
            let Poll::Ready(called) = call.poll(context) else { return Poll::Pending };
            self.state = State::Ended;
            return Poll::Ready(called.and_then(self.decode));
        }
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Failed(error) => Poll::Ready(Err(error)),
            // Polled again after its end, which futures need not allow.
            State::Running(_) | State::Ended => Poll::Pending,
        }
    }
}

impl<O> fmt::Debug for CallFuture<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Running(_) => "running",
            State::Failed(_) => "failed",
            State::Ended => "ended",
        };
        f.debug_tuple("CallFuture").field(&state).finish()
    }
}

/// Asserts at compile time that calls can move between threads, whatever their input and output.
const _: () = {
    const fn send<T: Send>() {}
    send::<CallFuture<'static, std::rc::Rc<()>>>();
};
