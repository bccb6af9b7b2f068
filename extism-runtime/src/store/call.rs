use std::sync::atomic::{AtomicU64, Ordering, fence};

const RUNNING: u64 = 1;
const CANCELLED: u64 = 2;
/// Above the flags: the number of the thread that the call runs on.
const THREAD_SHIFT: u32 = 2;

/// Whether a plug-in's call is running, on which thread, and whether it was cancelled.
///
/// One word, so that a cancellation meets exactly the call that runs, never the next one. Alone on its cache line (two of
/// them, since processors fetch pairs): each call writes to it, and next to it may be what another thread's calls use.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct CallState(AtomicU64);

impl CallState {
    /// A call begins on the thread of this number; it ends when what is returned is dropped, also when a panic of the
    /// host's passes through.
    ///
    /// The store's epoch deadline is never more than one tick ahead, so whatever tick follows a cancellation makes
    /// the store look here.
    #[inline]
    pub(crate) fn begin(&self, thread: u64) -> RunningCall<'_> {
        self.0.store(RUNNING | thread << THREAD_SHIFT, Ordering::Release);
        RunningCall(self)
    }

    /// Whether the running call was cancelled.
    #[inline]
    pub(crate) fn is_cancelled(&self) -> bool {
        // With the fence of `cancel`: who has seen the tick that follows a cancellation sees the cancellation.
        fence(Ordering::Acquire);
        self.0.load(Ordering::Relaxed) & CANCELLED != 0
    }

    /// Whether a call runs on the thread of this number.
    pub(crate) fn runs_on(&self, thread: u64) -> bool {
        self.0.load(Ordering::Relaxed) & !CANCELLED == RUNNING | thread << THREAD_SHIFT
    }

    /// Marks the running call as cancelled; returns whether there was one. The engine must be made to tick then.
    pub(crate) fn cancel(&self) -> bool {
        let mark = |call: u64| (call & RUNNING != 0).then_some(call | CANCELLED);
        let cancelled = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, mark);
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
        self.0.0.store(0, Ordering::Release);
    }
}
