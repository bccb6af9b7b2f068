use std::time::{Duration, Instant};

use crate::{Error, compile::CompiledInner, error::Site};

/// The limits of one call: time, counted from the creation of this value, and fuel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallOptions {
    pub(super) time: Option<TimeLimit>,
    /// `None` if the engine does not count fuel.
    pub(super) fuel: Option<u64>,
}

/// How long a call may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeLimit {
    pub(super) began: Instant,
    pub(super) limit: Duration,
}

impl CallOptions {
    /// Returns what the plug-in's settings allow a call that starts now.
    #[inline]
    pub(crate) fn of(compiled: &CompiledInner) -> Self {
        Self::within(compiled, None)
    }

    /// Returns the options of a call with its own timeout; the plug-in's timeout is the upper bound.
    #[inline]
    pub(crate) fn within(compiled: &CompiledInner, timeout: Option<Duration>) -> Self {
        let limit = match (compiled.settings.options.timeout, timeout) {
            (Some(limit), Some(timeout)) => Some(limit.min(timeout)),
            (limit, timeout) => limit.or(timeout),
        };
        Self { time: limit.map(|limit| TimeLimit { began: Instant::now(), limit }), fuel: compiled.fuel_limit() }
    }

    /// Returns when the call must end; `None` without a limit, or if the limit is too far away for the clock to
    /// express.
    #[inline]
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.time.and_then(|time| time.began.checked_add(time.limit))
    }

    /// Returns when the call began; now if it has no limit.
    pub(super) fn began(&self) -> Instant {
        self.time.map_or_else(Instant::now, |time| time.began)
    }

    /// Returns the error of a call that took longer.
    #[cold]
    pub(crate) fn timed_out(&self, at: Box<Site>) -> Error {
        Error::Timeout { at, limit: self.time.map(|time| time.limit).unwrap_or_default() }
    }
}
