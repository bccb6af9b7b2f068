//! Runs work on a separate thread while a task waits for it.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    thread,
};

/// Waits for work on another thread. If it is dropped, the work goes on, and its result is dropped.
pub(crate) struct Background<T>(Arc<Shared<T>>);

struct Shared<T>(Mutex<Progress<T>>);

/// The progress of the work.
enum Progress<T> {
    /// It is running; wakes the task at its end.
    Running(Option<Waker>),
    /// It has ended, possibly by a panic.
    Ended(thread::Result<T>),
    /// The task has its result.
    Taken,
}

impl<T: Send + 'static> Background<T> {
    /// Starts the work on a thread with this name.
    pub(crate) fn start(name: &str, work: impl FnOnce() -> T + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared(Mutex::new(Progress::Running(None))));
        let ending = Arc::clone(&shared);
        let thread = thread::Builder::new().name(name.to_owned());
        thread.spawn(move || ending.end(catch_unwind(AssertUnwindSafe(work))))?;
        Ok(Self(shared))
    }
}

impl<T> Shared<T> {
    fn end(&self, result: thread::Result<T>) {
        let progress = std::mem::replace(&mut *self.lock(), Progress::Ended(result));
        if let Progress::Running(Some(waker)) = progress {
            // A waker that panics ends only this thread.
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Progress<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Future for Background<T> {
    /// The work's result, or the payload of its panic.
    type Output = thread::Result<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        // Cloned without the lock, since that runs the executor's code.
        let mut waker = Some(context.waker().clone());
        let mut progress = self.0.lock();
        match std::mem::replace(&mut *progress, Progress::Taken) {
            Progress::Running(old) => {
                *progress = Progress::Running(waker.take());
                drop(progress);
                drop(old);
                Poll::Pending
            }
            Progress::Ended(result) => Poll::Ready(result),
            Progress::Taken => Poll::Pending,
        }
    }
}
