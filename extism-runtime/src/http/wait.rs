//! Waiting that ends at the deadline, and soon after a cancellation.

use std::{
    fmt, io,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use crate::usage::Meter;

/// Returns whether the request should stop. Called from the thread that sends the request.
pub(crate) type Cancelled = Arc<dyn Fn() -> bool + Send + Sync>;

/// How long to wait for anything before checking again whether to go on.
const SLICE: Duration = Duration::from_millis(20);

/// The reason why waiting ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The deadline has passed.
    Timeout,
    /// The request was cancelled.
    Cancelled,
    /// Too many bytes arrived before the head of a response was complete.
    HeadTooLarge,
}

/// Maximum bytes of a response's headers.
pub(super) const MAX_HEAD_BYTES: usize = 64 * 1024;

/// How many bytes may arrive before the head of a response is complete: the head itself (whose own limit is a fraction
/// of this), informational responses, a TLS handshake, and the part of the body that arrives in the same piece.
const MAX_BEFORE_BODY: usize = 8 * MAX_HEAD_BYTES;

/// How long one request may wait, and for how many bytes.
pub(super) struct Wait {
    deadline: Instant,
    cancelled: Cancelled,
    /// How many more bytes may arrive in this part of the response.
    bytes_left: AtomicUsize,
    /// Why waiting ended, if it has: the layers in between hide the reason.
    stopped: OnceLock<Stop>,
    meter: Option<Arc<Meter>>,
}

impl Wait {
    pub(super) fn new(deadline: Instant, cancelled: Cancelled) -> Self {
        Self { deadline, cancelled, bytes_left: AtomicUsize::new(usize::MAX), stopped: OnceLock::new(), meter: None }
    }

    /// Makes a meter count the bytes.
    pub(super) fn metered(self, meter: Option<Arc<Meter>>) -> Self {
        Self { meter, ..self }
    }

    /// Returns how long to wait at most before checking again.
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

    /// Starts to wait for the head of a response.
    pub(super) fn begin_head(&self) {
        self.bytes_left.store(MAX_BEFORE_BODY, Ordering::Relaxed);
    }

    /// Starts to wait for the body, which its reader counts.
    pub(super) fn begin_body(&self) {
        self.bytes_left.store(usize::MAX, Ordering::Relaxed);
    }

    /// Counts sent bytes.
    pub(super) fn sent(&self, bytes: usize) {
        if let Some(meter) = &self.meter {
            meter.http_sent(bytes);
        }
    }

    /// Counts received bytes.
    pub(super) fn received(&self, bytes: usize) {
        if let Some(meter) = &self.meter {
            meter.http_received(bytes);
        }
        let left = self.bytes_left.load(Ordering::Relaxed);
        if left != usize::MAX {
            self.bytes_left.store(left.saturating_sub(bytes), Ordering::Relaxed);
        }
    }

    /// Returns [`slice`](Self::slice) with an I/O error, for layers that accept no other.
    pub(super) fn io_slice(&self) -> io::Result<Duration> {
        self.slice().map_err(|stop| io::Error::other(format!("{stop:?}")))
    }

    /// Returns why waiting ended, if it has.
    pub(super) fn stopped(&self) -> Option<Stop> {
        self.stopped.get().copied()
    }

    /// Returns the remaining time.
    pub(super) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

impl fmt::Debug for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
