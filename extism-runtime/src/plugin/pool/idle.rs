use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// How long instances are kept idle. No thread drops them; the pool's users do.
pub(super) struct IdleTime {
    limit: Duration,
    origin: Instant,
    /// When the next instance may have been idle for too long, in nanoseconds since `origin`.
    next: AtomicU64,
}

impl IdleTime {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, origin: Instant::now(), next: AtomicU64::new(nanoseconds(limit)) }
    }

    /// Returns whether an instance may have been idle for too long.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        nanoseconds(now.saturating_duration_since(self.origin)) >= self.next.load(Ordering::Relaxed)
    }

    /// Returns whether an instance that has been idle since then is to be dropped.
    pub(super) fn is_expired(&self, since: Instant, now: Instant) -> bool {
        now.saturating_duration_since(since) >= self.limit
    }

    /// Sets the time since which the instance that has been idle longest is idle.
    pub(super) fn checked(&self, oldest: Instant) {
        let idle = nanoseconds(oldest.saturating_duration_since(self.origin));
        self.next.store(idle.saturating_add(nanoseconds(self.limit)), Ordering::Relaxed);
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
