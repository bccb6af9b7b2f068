use std::time::{Duration, Instant};

use crate::{Error, compile::CompiledInner, error::Site};

/// What one call may take: its time, which counts from when this is made, and its fuel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallOptions {
    pub(super) time: Option<TimeLimit>,
    /// None where the engine doesn't count it.
    pub(super) fuel: Option<u64>,
}

/// How long a call may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeLimit {
    pub(super) began: Instant,
    pub(super) limit: Duration,
}

impl CallOptions {
    /// What the plug-in's settings allow a call that begins now.
    #[inline]
    pub(crate) fn of(compiled: &CompiledInner) -> Self {
        let limit = compiled.settings.options.timeout;
        Self { time: limit.map(|limit| TimeLimit { began: Instant::now(), limit }), fuel: compiled.fuel_limit() }
    }

    /// When the call is to end; none without a limit, and for one so far away that the clock can't express it.
    #[inline]
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.time.and_then(|time| time.began.checked_add(time.limit))
    }

    /// The error of a call that has taken longer.
    #[cold]
    pub(crate) fn timed_out(&self, at: Box<Site>) -> Error {
        Error::Timeout { at, limit: self.time.map(|time| time.limit).unwrap_or_default() }
    }
}
