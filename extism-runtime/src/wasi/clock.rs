//! The monotonic clock that plug-ins read and use for sleeping; it starts at zero when the process first uses it.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use wasmtime_wasi::HostMonotonicClock;

static ZERO: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Returns the time since the clock's zero.
pub(super) fn now() -> Duration {
    ZERO.elapsed()
}

pub(super) struct Monotonic;

impl HostMonotonicClock for Monotonic {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        u64::try_from(now().as_nanos()).unwrap_or(u64::MAX)
    }
}
