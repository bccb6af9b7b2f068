use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering, fence},
    },
    task::Waker,
};

use super::Interrupt;
use crate::engine::Deadline;

const RUNNING: u8 = 1;
const CANCELLED: u8 = 2;

/// Tracks whether a plug-in's call is running, on which thread, and whether it was cancelled.
///
/// `flags` are in a single word, so that a cancellation hits exactly the running call, never the next one. They are alone
/// on their cache line (on two, since processors prefetch pairs): each call writes to them, and their neighbours in memory
/// may be in use by other threads' calls.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct CallState {
    flags: AtomicU8,
    /// The number of the thread that the call runs on; 0 while an async call waits. Only the thread that runs the call
    /// writes to it, before the call is marked as running, so that this needs no atomic exchange.
    thread: AtomicU64,
    /// Whether there was ever a cancel handle of it.
    has_handles: AtomicBool,
    /// Wakes the call's task, if it waits.
    waker: Mutex<Option<Waker>>,
}

impl CallState {
    /// Starts a call on the thread with this number; the call ends when the returned guard is dropped, even if a panic
    /// in the host unwinds through it.
    ///
    /// The store's epoch deadline is never more than one tick ahead, so the first tick after a cancellation makes the
    /// store check this state.
    #[inline]
    pub(crate) fn begin(&self, thread: u64) -> RunningCall<'_> {
        self.thread.store(thread, Ordering::Relaxed);
        self.flags.store(RUNNING, Ordering::Release);
        RunningCall(self)
    }

    /// Returns whether the running call was cancelled.
    #[inline]
    pub(crate) fn is_cancelled(&self) -> bool {
        // Pairs with the fence in `cancel`: whoever has seen the tick after a cancellation also sees the cancellation.
        fence(Ordering::Acquire);
        self.flags.load(Ordering::Relaxed) & CANCELLED != 0
    }

    /// Returns why the running call must end, if it must: it was cancelled, or its deadline has passed.
    #[inline]
    pub(crate) fn interrupted(&self, deadline: Option<Deadline>) -> Option<Interrupt> {
        if self.is_cancelled() {
            return Some(Interrupt::Cancelled);
        }
        deadline.filter(Deadline::has_passed).map(|_| Interrupt::Timeout)
    }

    /// Returns whether a call is running on the thread with this number.
    pub(crate) fn runs_on(&self, thread: u64) -> bool {
        self.flags.load(Ordering::Acquire) & RUNNING != 0 && self.thread.load(Ordering::Relaxed) == thread
    }

    /// Notes that there is a cancel handle of it.
    pub(crate) fn add_handle(&self) {
        self.has_handles.store(true, Ordering::Relaxed);
    }

    /// Returns whether others may know of it: there was a cancel handle, or a call was never ended.
    #[inline]
    pub(crate) fn is_known(&self) -> bool {
        self.has_handles.load(Ordering::Relaxed) || self.flags.load(Ordering::Relaxed) & RUNNING != 0
    }

    /// Notes that the running async call continues on the thread with this number.
    #[inline]
    pub(crate) fn resume(&self, thread: u64) {
        self.thread.store(thread, Ordering::Release);
    }

    /// Notes that the running async call waits, so that it runs on no thread.
    #[inline]
    pub(crate) fn pause(&self) {
        self.thread.store(0, Ordering::Release);
    }

    /// Sets the waker that a cancellation wakes. The call must then check whether it was cancelled.
    pub(crate) fn wait(&self, waker: Waker) {
        let old = self.lock().replace(waker);
        // Without the lock: dropping a waker may run arbitrary code.
        drop(old);
    }

    /// Ends what [`wait`](Self::wait) began.
    pub(crate) fn stop_waiting(&self) {
        let waker = self.lock().take();
        drop(waker);
    }

    /// Wakes the call's task, if it waits.
    pub(crate) fn wake(&self) {
        let waker = self.lock().take();
        if let Some(waker) = waker {
            // A waker that panics must not affect the caller of `cancel`.
            let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Waker>> {
        self.waker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks the running call as cancelled; returns whether there was one. The caller must then make the engine tick.
    pub(crate) fn cancel(&self) -> bool {
        let mark = |flags: u8| (flags & RUNNING != 0).then_some(flags | CANCELLED);
        let cancelled = self.flags.fetch_update(Ordering::SeqCst, Ordering::SeqCst, mark);
        fence(Ordering::SeqCst);
        cancelled.is_ok()
    }
}

/// A call that can be cancelled.
#[derive(Debug)]
pub(crate) struct RunningCall<'a>(&'a CallState);

impl Drop for RunningCall<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.flags.store(0, Ordering::Release);
    }
}
