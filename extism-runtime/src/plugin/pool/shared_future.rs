use std::{
    fmt,
    future::poll_fn,
    ops::Range,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use super::{
    loan::Loan,
    per_call::PerCall,
    places::Places,
    wait::{Patience, call_refused},
};
use crate::{
    Decode, Encode, Error, codec,
    run::{self, CallOptions},
};

/// A call in an instance of a pool, which runs as this future is polled: what [`Pool::call_async`](crate::Pool::call_async)
/// and the clients of interfaces with `async fn f(&self)` return.
///
/// The input is encoded when it is created, and it takes an instance when it is first polled. It is `Send` and borrows
/// nothing, works on every executor, and may move between threads from poll to poll. Dropping it ends the call, or the
/// waiting for an instance, and returns the instance to the pool.
#[must_use = "futures do nothing unless polled"]
pub struct SharedFuture<O> {
    state: State,
    // A function, so that the future is `Send` whatever `O` is.
    decode: fn(Called) -> Result<O, Error>,
}

enum State {
    Running(Task),
    /// The call could not begin.
    Failed(Error),
    Ended,
}

type Task = Pin<Box<dyn Future<Output = Result<Called, Error>> + Send>>;

/// A call that has succeeded, with the instance that holds its output.
struct Called {
    loan: Loan<Arc<Places>>,
    export: u32,
    output: Range<usize>,
}

impl Called {
    fn decode<O: for<'a> Decode<'a>>(self) -> Result<O, Error> {
        self.loan.decode(self.export, self.output.clone())
    }
}

impl<O> SharedFuture<O> {
    /// Begins a call, if the export exists, and encodes its input.
    pub(super) fn new<I: Encode>(
        places: &Arc<Places>,
        export: Result<u32, Error>,
        input: &I,
        options: CallOptions,
        each: PerCall,
    ) -> Self
    where
        O: for<'a> Decode<'a>,
    {
        let begin = |export| {
            let encoded = codec::to_vec(input)
                .map_err(|source| Error::Encode { at: run::site(&places.compiled.0, export), source })?;
            let task: Task = Box::pin(call(Arc::clone(places), export, encoded, options, each));
            Ok(task)
        };
        Self { state: export.and_then(begin).map_or_else(State::Failed, State::Running), decode: Called::decode }
    }
}

/// Takes an instance and calls an export.
async fn call(
    places: Arc<Places>,
    export: u32,
    input: Vec<u8>,
    options: CallOptions,
    each: PerCall,
) -> Result<Called, Error> {
    let patience = Patience::of_call(places.options.wait(), &options);
    let place = places.take_async(patience).await;
    let place = place.map_err(|refusal| call_refused(refusal, &places, export, &options))?;
    let mut loan = Loan::new_async(place, places).await?;
    each.enter(&mut loan);
    let mut calling = loan.begin(export, &&*input, options)?;
    drop(input);
    let output = poll_fn(|context| calling.poll(context)).await?.into_output();
    drop(calling);
    Ok(Called { loan, export, output })
}

impl<O> Future for SharedFuture<O> {
    type Output = Result<O, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let State::Running(task) = &mut self.state {
            let Poll::Ready(called) = task.as_mut().poll(context) else { return Poll::Pending };
            self.state = State::Ended;
            return Poll::Ready(called.and_then(self.decode));
        }
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Failed(error) => Poll::Ready(Err(error)),
            // Polled again after it has ended, which futures need not allow.
            State::Running(_) | State::Ended => Poll::Pending,
        }
    }
}

impl<O> fmt::Debug for SharedFuture<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Running(_) => "running",
            State::Failed(_) => "failed",
            State::Ended => "ended",
        };
        f.debug_tuple("SharedFuture").field(&state).finish()
    }
}

/// Asserts at compile time that calls can move between threads, whatever their input and output.
const _: () = {
    const fn send<T: Send>() {}
    send::<SharedFuture<std::rc::Rc<()>>>();
};
