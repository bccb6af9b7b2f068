//! Catches panics of host functions.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

use crate::{
    display,
    error::{BoxError, HostPanic},
    host::HostFuture,
};

/// Runs a host function; a panic becomes an error.
#[inline]
pub(super) fn caught(run: impl FnOnce() -> Result<(), BoxError>) -> Result<(), BoxError> {
    // Truncated inside `catch_unwind`, as formatting an error may panic too.
    catch_unwind(AssertUnwindSafe(|| run().map_err(display::cut_error))).unwrap_or_else(|panic| Err(error_of(panic)))
}

#[cold]
fn error_of(panic: Box<dyn Any + Send>) -> BoxError {
    let error = HostPanic::new(&*panic);
    // Dropping the panic's payload may panic again.
    let _ = catch_unwind(AssertUnwindSafe(move || drop(panic)));
    error.into()
}

/// The future of an async host function. A panic becomes an error when it is polled, and nothing when it is dropped.
pub(super) struct Caught<'a> {
    future: Option<HostFuture<'a>>,
    /// Set when it waits.
    waited: &'a mut bool,
}

impl<'a> Caught<'a> {
    /// Returns the future of a function that has yet to be called. `waited` is set if it waits.
    pub(super) fn new(waited: &'a mut bool) -> Self {
        Self { future: None, waited }
    }

    /// Calls the function.
    #[inline]
    pub(super) fn start(&mut self, call: impl FnOnce() -> HostFuture<'a>) -> Result<(), BoxError> {
        // Put in place in there, as moving what it returns takes longer than the rest.
        catch_unwind(AssertUnwindSafe(|| self.future = Some(call()))).map_err(error_of)
    }

    fn drop_future(&mut self) {
        if let Some(future) = self.future.take() {
            let dropped = catch_unwind(AssertUnwindSafe(|| drop(future)));
            dropped.unwrap_or_else(|panic| drop(error_of(panic)));
        }
    }
}

impl Future for Caught<'_> {
    type Output = Result<(), BoxError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = &mut self.future else { return Poll::Pending };
        let poll = || future.as_mut().poll(context).map_err(display::cut_error);
        let polled = catch_unwind(AssertUnwindSafe(poll)).unwrap_or_else(|panic| Poll::Ready(Err(error_of(panic))));
        match polled {
            Poll::Pending => *self.waited = true,
            Poll::Ready(_) => self.drop_future(),
        }
        polled
    }
}

impl Drop for Caught<'_> {
    fn drop(&mut self) {
        self.drop_future();
    }
}
