use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use super::counter::Counter;

/// The activity of a call at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// No call runs, or nobody observes it.
    Off = 0,
    /// The plug-in's code runs, or the runtime works for it.
    Guest,
    /// A function of the program runs or waits.
    Host,
    /// The plug-in waits for an HTTP request.
    Http,
    /// An async call has yielded its thread.
    Idle,
}

/// Divides a call's time among its phases. It reads the time only where the phase changes.
#[derive(Debug, Default)]
pub(super) struct Clock {
    phase: Counter,
    /// When the phase began.
    since: Counter,
}

impl Clock {
    #[inline]
    pub(super) fn is_on(&self) -> bool {
        self.phase.get() != Phase::Off as u64
    }

    #[inline]
    pub(super) fn is_in(&self, phase: Phase) -> bool {
        self.phase.get() == phase as u64
    }

    /// Begins another phase; returns the last one with the nanoseconds that it took.
    pub(super) fn switch(&self, next: Phase) -> (Phase, u64) {
        let now = now();
        let taken = now.saturating_sub(self.since.get());
        let last = [Phase::Off, Phase::Guest, Phase::Host, Phase::Http, Phase::Idle]
            .into_iter()
            .find(|phase| self.is_in(*phase))
            .unwrap_or(Phase::Off);
        self.phase.set(next as u64);
        self.since.set(now);
        (last, taken)
    }
}

/// Returns the nanoseconds since the clock was first read in the process.
fn now() -> u64 {
    static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    nanoseconds(ORIGIN.elapsed())
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
