use std::{
    fmt,
    future::poll_fn,
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
    run::{self, CallOptions, Left},
    usage::Outcome,
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

/// A call that has ended, with the instance that holds its output.
struct Called {
    loan: Loan<Arc<Places>>,
    left: Left,
}

impl Called {
    fn decode<O: for<'a> Decode<'a>>(self) -> Result<O, Error> {
        self.loan.decode(self.left)
    }
}

impl<O> SharedFuture<O> {
    /// Begins a call, if the export exists, and encodes its input.
    pub(super) fn new<I: Encode>(
        places: &Arc<Places>,
        export: Result<u32, Error>,
        input: &I,
        mut options: CallOptions,
        each: PerCall,
    ) -> Self
    where
        O: for<'a> Decode<'a>,
    {
        options.begin();
        let begin = |export| {
            let unserved = Unserved { places: Some(Arc::clone(places)), export };
            match codec::to_vec(input) {
                Ok(encoded) => {
                    let task: Task = Box::pin(call(unserved, encoded, options, each));
                    Ok(task)
                }
                Err(source) => {
                    Err(unserved.failed(Error::Encode { at: run::site(&places.compiled.0, export), source }))
                }
            }
        };
        Self { state: export.and_then(begin).map_or_else(State::Failed, State::Running), decode: Called::decode }
    }
}

/// Takes an instance and calls an export.
async fn call(unserved: Unserved, input: Vec<u8>, options: CallOptions, each: PerCall) -> Result<Called, Error> {
    let export = unserved.export;
    let mut loan = match take(&unserved, &options).await {
        Ok(loan) => loan,
        Err(error) => return Err(unserved.failed(error)),
    };
    unserved.served();
    each.enter(&mut loan);
    let mut calling = loan.begin(export, &&*input, options)?;
    drop(input);
    let left = poll_fn(|context| calling.poll(context)).await?.leave();
    drop(calling);
    Ok(Called { loan, left })
}

async fn take(unserved: &Unserved, options: &CallOptions) -> Result<Loan<Arc<Places>>, Error> {
    let Some(places) = &unserved.places else {
        return Err(Error::engine("cannot call the plug-in", "its pool was dropped"));
    };
    let patience = Patience::of_call(places.options.wait(), options);
    let place = places.take_async(patience).await;
    let place = place.map_err(|refusal| call_refused(refusal, places, unserved.export, options))?;
    Loan::new_async(place, Arc::clone(places)).await
}

/// A call without an instance. If it is dropped, it is counted as such.
struct Unserved {
    /// `None` once it has ended, or has an instance.
    places: Option<Arc<Places>>,
    export: u32,
}

impl Unserved {
    /// It has an instance, which counts the call.
    fn served(mut self) {
        self.places = None;
    }

    /// It has failed.
    fn failed(mut self, error: Error) -> Error {
        self.end(error.outcome());
        error
    }

    fn end(&mut self, outcome: Outcome) {
        if let Some(places) = self.places.take() {
            run::unserved(&places.compiled.0, places.owner, self.export, outcome);
        }
    }
}

impl Drop for Unserved {
    fn drop(&mut self) {
        self.end(Outcome::Dropped);
    }
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
            // Polled again after its end, which futures need not allow.
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
