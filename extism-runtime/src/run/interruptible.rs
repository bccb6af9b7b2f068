//! Waiting that ends when the call must end.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Poll, Waker},
};

use super::Limits;
use crate::{Error, engine::Alarm, store::Interrupt};

/// Waits for a future, at most until the call's deadline or its cancellation. Either wakes the task, on any
/// executor.
///
/// Takes a future that is already pinned, since moving it here would take its space twice.
pub(super) fn interruptible<T>(
    limits: &Limits<'_>,
    mut future: Pin<&mut impl Future<Output = T>>,
) -> impl Future<Output = Result<T, Interrupt>> {
    let mut wait = Wait { limits, alarm: None, begun: false };
    poll_fn(move |context| match future.as_mut().poll(context) {
        Poll::Pending => {
            wait.begin(context.waker()).map_or_else(|interrupt| Poll::Ready(Err(interrupt)), |()| Poll::Pending)
        }
        Poll::Ready(output) => Poll::Ready(Ok(output)),
    })
}

/// Waits like [`interruptible`], for a future of the engine.
pub(super) fn interruptible_work<T>(
    limits: &Limits<'_>,
    mut work: Pin<&mut impl Future<Output = wasmtime::Result<T>>>,
) -> impl Future<Output = wasmtime::Result<T>> {
    let mut wait = Wait { limits, alarm: None, begun: false };
    poll_fn(move |context| match work.as_mut().poll(context) {
        Poll::Pending => match wait.begin(context.waker()) {
            Ok(()) => Poll::Pending,
            Err(interrupt) => Poll::Ready(Err(wasmtime::Error::new(interrupt))),
        },
        ready @ Poll::Ready(_) => ready,
    })
}

/// Wakes a call that waits.
struct Wait<'a> {
    limits: &'a Limits<'a>,
    /// Rings at the deadline.
    alarm: Option<Alarm>,
    begun: bool,
}

impl Wait<'_> {
    /// Makes the deadline and a cancellation wake the task; returns why the call must end, if it must already.
    fn begin(&mut self, waker: &Waker) -> Result<(), Interrupt> {
        // What is not checked here comes later, and wakes the task.
        self.register(waker).map_err(|error| Interrupt::Failed(Box::new(error)))?;
        self.limits.interrupted().map_or(Ok(()), Err)
    }

    fn register(&mut self, waker: &Waker) -> Result<(), Error> {
        self.begun = true;
        self.limits.state.wait(self.clone_of(waker)?);
        let Some(deadline) = self.limits.deadline() else { return Ok(()) };
        let waker = self.clone_of(waker)?;
        match &self.alarm {
            Some(alarm) => alarm.rewire(waker),
            None => self.alarm = Some(self.limits.compiled.settings.engine.alarm(deadline, waker)?),
        }
        Ok(())
    }

    /// Clones a waker, which runs the executor's code.
    fn clone_of(&self, waker: &Waker) -> Result<Waker, Error> {
        catch_unwind(AssertUnwindSafe(|| waker.clone())).map_err(|panic| {
            let panic = crate::error::HostPanic::new(&*panic);
            Error::engine(format!("{}: cannot wait, because the executor's waker failed", self.limits.site()), panic)
        })
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if self.begun {
            self.limits.state.stop_waiting();
        }
    }
}
