//! The monotonic clock that plug-ins read and use for sleeping; it starts at zero when the process first uses it.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use wasmtime_wasi::{HostMonotonicClock, HostWallClock};

use crate::clock::InstanceClock;

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
        nanos(now())
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The clocks that the program gave, with the finest resolution.
pub(super) struct Given(pub(super) InstanceClock);

impl HostMonotonicClock for Given {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        nanos(self.0.monotonic())
    }
}

impl HostWallClock for Given {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        // What WASI's 64 bits of nanoseconds can express.
        self.0.wall().min(Duration::from_nanos(u64::MAX))
    }
}
