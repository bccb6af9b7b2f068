//! Waiting that ends at the deadline, and soon after a cancel.

use std::{
    fmt, io,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// Whether the request should stop. Asked from the thread that sends it.
pub(crate) type Cancelled = Arc<dyn Fn() -> bool + Send + Sync>;

/// How long to wait for anything before asking again whether to go on.
const SLICE: Duration = Duration::from_millis(20);

/// Why waiting ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The deadline has passed.
    Timeout,
    /// Someone asked for it.
    Cancelled,
    /// Too much came without being the head of a response.
    HeadTooLarge,
}

/// The most bytes of a response's headers.
pub(super) const MAX_HEAD_BYTES: usize = 64 * 1024;

/// How much may come before the head of a response is whole: the head itself (whose own limit is a fraction of
/// this), informational responses, a TLS handshake, and what comes of the body in the same piece.
const MAX_BEFORE_BODY: usize = 8 * MAX_HEAD_BYTES;

/// Until when, and for how much, one request may wait.
pub(super) struct Wait {
    deadline: Instant,
    cancelled: Cancelled,
    /// How many more bytes may come in this part of the response.
    bytes_left: AtomicUsize,
    /// Why waiting ended, once it did: what the layers between make of it can't be told apart.
    stopped: OnceLock<Stop>,
}

impl Wait {
    pub(super) fn new(deadline: Instant, cancelled: Cancelled) -> Self {
        Self { deadline, cancelled, bytes_left: AtomicUsize::new(usize::MAX), stopped: OnceLock::new() }
    }

    /// How long to wait at most before asking again.
    pub(super) fn slice(&self) -> Result<Duration, Stop> {
        if let Some(stop) = self.stopped() {
            return Err(stop);
        }
        let left = self.left();
        let stop = if (self.cancelled)() {
            Stop::Cancelled
        } else if left.is_zero() {
            Stop::Timeout
        } else if self.bytes_left.load(Ordering::Relaxed) == 0 {
            Stop::HeadTooLarge
        } else {
            return Ok(left.min(SLICE));
        };
        Err(*self.stopped.get_or_init(|| stop))
    }

    /// From now on the head of a response is waited for.
    pub(super) fn begin_head(&self) {
        self.bytes_left.store(MAX_BEFORE_BODY, Ordering::Relaxed);
    }

    /// From now on the body is waited for, which its reader counts.
    pub(super) fn begin_body(&self) {
        self.bytes_left.store(usize::MAX, Ordering::Relaxed);
    }

    /// Counts bytes that have come.
    pub(super) fn count(&self, bytes: usize) {
        let left = self.bytes_left.load(Ordering::Relaxed);
        if left != usize::MAX {
            self.bytes_left.store(left.saturating_sub(bytes), Ordering::Relaxed);
        }
    }

    /// The same as an I/O error, for layers that know no other.
    pub(super) fn io_slice(&self) -> io::Result<Duration> {
        self.slice().map_err(|stop| io::Error::other(format!("{stop:?}")))
    }

    /// Why waiting ended, if it did.
    pub(super) fn stopped(&self) -> Option<Stop> {
        self.stopped.get().copied()
    }

    /// The time that is left.
    pub(super) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

impl fmt::Debug for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
